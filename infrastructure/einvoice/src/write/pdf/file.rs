//! The PDF/A-3 file: pages drawn, XML embedded, metadata completed.

use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use krilla::Document;
use krilla::SerializeSettings;
use krilla::color::rgb;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::embed::{AssociationKind, EmbeddedFile, MimeType};
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use quittance_einvoice::{CanonicalInvoice, Specification};

use super::content::{pages, title};
use super::font::Fonts;
use super::metadata::{Hybrid, updated};
use super::page::{HEIGHT, Mark, Shade, WIDTH};
use super::text::{Color, Line};
use crate::write::{WriteError, write_cii};

/// The invoice as Factur-X. A specification that is no profile of Factur-X becomes EN 16931, which holds them all.
pub fn write_facturx(invoice: &CanonicalInvoice) -> Result<Vec<u8>, WriteError> {
    let (identifier, profile) = profile(invoice);
    let hybrid = Hybrid::of(profile, &identifier);
    let xml = write_cii(&CanonicalInvoice { specification: Some(identifier), ..invoice.clone() });
    let fonts = Fonts::load()?;
    let date = day(invoice.issue_date);
    let mut document = drawn(pages(invoice, &fonts), &fonts, described(invoice, date))?;
    document.embed_file(embedded(hybrid.file_name, xml, profile, date)).ok_or(WriteError::Pages)?;
    let pdf = document.finish().map_err(|_| WriteError::Pages)?;
    updated(pdf, &hybrid)
}

/// An archivable document of these pages, to be added to or finished.
pub(super) fn drawn(pages: Vec<Vec<Mark>>, fonts: &Fonts, metadata: Metadata) -> Result<Document, WriteError> {
    let configuration = ConfigurationBuilder::new().with_archival_validator(Archival::A3_B).finish();
    let configuration = configuration.map_err(|_| WriteError::Pages)?;
    let mut document = Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    for marks in pages {
        let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or(WriteError::Pages)?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        marks.into_iter().for_each(|mark| draw(&mut surface, fonts, mark));
        surface.finish();
        page.finish();
    }
    document.set_metadata(metadata);
    Ok(document)
}

/// BT-24 of the embedded invoice. Without lines it cannot be more than BASIC WL.
fn profile(invoice: &CanonicalInvoice) -> (String, Specification) {
    let stated = invoice.specification.clone().unwrap_or_default();
    match Specification::of(&stated) {
        profile if is_profile(profile) => (stated, profile),
        _ if invoice.lines.is_empty() => ("urn:factur-x.eu:1p0:basicwl".into(), Specification::FacturXBasicWl),
        _ => ("urn:cen.eu:en16931:2017".into(), Specification::En16931),
    }
}

fn is_profile(specification: Specification) -> bool {
    use Specification::{En16931, FacturXBasic, FacturXBasicWl, FacturXExtended, FacturXMinimum};
    specification.is_xrechnung() || matches!(specification, En16931 | FacturXBasic | FacturXBasicWl | FacturXExtended | FacturXMinimum)
}

/// What stands in the smallest profiles is only data beside the pages; from BASIC on it is the same invoice once more.
fn embedded(name: &str, xml: String, profile: Specification, date: DateTime) -> EmbeddedFile {
    EmbeddedFile {
        path: name.into(),
        mime_type: MimeType::new("text/xml"),
        description: Some("Factur-X invoice".into()),
        association_kind: if profile.is_reduced() { AssociationKind::Data } else { AssociationKind::Alternative },
        data: Arc::new(xml.into_bytes()).into(),
        modification_date: Some(date),
        compress: Some(true),
        location: None,
    }
}

/// No clock here: the file is as old as the invoice, and the same invoice always gives the same file.
fn described(invoice: &CanonicalInvoice, date: DateTime) -> Metadata {
    let title = format!("{} {}", title(&invoice.type_code), invoice.number);
    Metadata::new()
        .document_id(format!("{title} {}", invoice.seller.name))
        .description(format!("{title} of {} for {}", invoice.seller.name, invoice.buyer.name))
        .title(title)
        .authors(vec![invoice.seller.name.clone()])
        .creator("Quittance".into())
        .producer("Quittance".into())
        .language("en".into())
        .creation_date(date)
}

pub(super) fn day(date: NaiveDate) -> DateTime {
    let year = u16::try_from(date.year()).unwrap_or_default();
    let (month, day) = (date.month() as u8, date.day() as u8);
    DateTime::new(year).month(month).day(day).hour(0).minute(0).second(0).utc_offset_hour(0).utc_offset_minute(0)
}

fn draw(surface: &mut Surface<'_>, fonts: &Fonts, mark: Mark) {
    match mark {
        Mark::Text { x, y, line } => draw_line(surface, fonts, (x, y), &line),
        Mark::Area { x, y, width, height, color } => fill(surface, shade(color), [(x, y, width, height)].into_iter()),
        Mark::Squares { side, corners } => fill(surface, ink(Color::Ink), corners.into_iter().map(|(x, y)| (x, y, side, side))),
    }
}

fn draw_line(surface: &mut Surface<'_>, fonts: &Fonts, (mut x, y): (f32, f32), line: &Line) {
    surface.set_fill(Some(Fill { paint: ink(line.style.color).into(), ..Fill::default() }));
    for run in &line.runs {
        let font = fonts.typeface(run.typeface).font.clone();
        surface.draw_glyphs(Point::from_xy(x, y), &run.glyphs, font, &run.text, line.style.size, false);
        x += run.width;
    }
}

fn fill(surface: &mut Surface<'_>, color: rgb::Color, areas: impl Iterator<Item = (f32, f32, f32, f32)>) {
    let mut path = PathBuilder::new();
    areas.filter_map(|(x, y, width, height)| Rect::from_xywh(x, y, width, height)).for_each(|area| path.push_rect(area));
    if let Some(path) = path.finish() {
        surface.set_fill(Some(Fill { paint: color.into(), ..Fill::default() }));
        surface.draw_path(&path);
    }
}

fn ink(color: Color) -> rgb::Color {
    match color {
        Color::Ink => rgb::Color::new(0x1c, 0x20, 0x26),
        Color::Muted => rgb::Color::new(0x5d, 0x66, 0x70),
        Color::Accent => rgb::Color::new(0x1d, 0x3f, 0x5c),
        Color::White => rgb::Color::white(),
    }
}

fn shade(shade: Shade) -> rgb::Color {
    match shade {
        Shade::Accent => rgb::Color::new(0x1d, 0x3f, 0x5c),
        Shade::Tint => rgb::Color::new(0xee, 0xf2, 0xf6),
        Shade::Rule => rgb::Color::new(0xc9, 0xd1, 0xd9),
    }
}
