//! The fonts of the pages: Latin, Greek and Cyrillic from Noto Sans, Khmer from Noto Sans Khmer.

use krilla::text::Font;
use rustybuzz::Face;

use crate::write::WriteError;

/// A font as the shaper and as the PDF know it.
pub(super) struct Typeface {
    pub(super) face: Face<'static>,
    pub(super) font: Font,
}

pub(super) struct Fonts([Typeface; 4]);

static FILES: [&[u8]; 4] = [
    include_bytes!("../../../assets/NotoSans-Regular.ttf"),
    include_bytes!("../../../assets/NotoSans-Bold.ttf"),
    include_bytes!("../../../assets/NotoSansKhmer-Regular.ttf"),
    include_bytes!("../../../assets/NotoSansKhmer-Bold.ttf"),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    Latin,
    Khmer,
}

impl Fonts {
    pub(super) fn load() -> Result<Self, WriteError> {
        let load = |file: &'static [u8]| {
            let face = Face::from_slice(file, 0).ok_or(WriteError::Font)?;
            Ok(Typeface { face, font: Font::new(file.into(), 0).ok_or(WriteError::Font)? })
        };
        let [regular, bold, khmer, khmer_bold] = FILES.map(load);
        Ok(Self([regular?, bold?, khmer?, khmer_bold?]))
    }

    /// The index of a typeface, to be kept with what was shaped by it.
    pub(super) fn index(script: Script, is_bold: bool) -> usize {
        usize::from(script == Script::Khmer) * 2 + usize::from(is_bold)
    }

    pub(super) fn typeface(&self, index: usize) -> &Typeface {
        &self.0[index]
    }
}
