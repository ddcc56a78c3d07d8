//! Documents that the command line is pointed at: files, directories, zip files.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// Unpacked documents of one zip file at most.
const ZIP_ENTRIES_MAX: usize = 100_000;
/// The same over REST.
const DOCUMENT_BYTES_MAX: u64 = quittance_domain::limits::DOCUMENT_BYTES_MAX as u64;

pub struct Document {
    pub name: String,
    pub bytes: Vec<u8>,
}

pub struct Unreadable {
    pub name: String,
    pub reason: anyhow::Error,
}

/// The files of a directory and of those below it that may hold an invoice; a file itself, whatever its name.
fn files_below(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let kind = std::fs::symlink_metadata(path).with_context(|| format!("{} cannot be read", path.display()))?;
    if !kind.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut entries: Vec<PathBuf> = std::fs::read_dir(path)?.map(|e| e.map(|e| e.path())).collect::<Result<_, _>>()?;
    entries.sort();
    let name = |p: &PathBuf| p.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let wanted = |p: &PathBuf| !is_shadow(&name(p)) && (p.is_dir() || matches!(extension(p).as_str(), "xml" | "pdf" | "zip"));
    entries.into_iter().filter(wanted).map(|p| files_below(&p)).collect::<anyhow::Result<Vec<_>>>().map(|files| files.concat())
}

/// The files of all paths. One that cannot be read stays in the list, to be named as such beside the others.
pub fn files_of(paths: &[PathBuf]) -> Vec<PathBuf> {
    paths.iter().flat_map(|path| files_below(path).unwrap_or_else(|_| vec![path.clone()])).collect()
}

/// What a Mac puts beside each file, under the file's own name.
fn is_shadow(name: &str) -> bool {
    name.split(['/', '\\']).any(|part| part == "__MACOSX" || part.starts_with("._"))
}

fn extension(path: &Path) -> String {
    path.extension().unwrap_or_default().to_string_lossy().to_lowercase()
}

/// The documents in a file: itself, or the XML and PDF files of a zip.
pub fn documents_of(file: &Path) -> Vec<Result<Document, Unreadable>> {
    let unpacked = if extension(file) == "zip" { unzip(file) } else { plain(file).map(|d| vec![Ok(d)]) };
    unpacked.unwrap_or_else(|reason| vec![Err(Unreadable { name: file.display().to_string(), reason })])
}

fn plain(file: &Path) -> anyhow::Result<Document> {
    anyhow::ensure!(std::fs::metadata(file)?.len() <= DOCUMENT_BYTES_MAX, "larger than {} MiB", DOCUMENT_BYTES_MAX >> 20);
    Ok(Document { name: file.display().to_string(), bytes: std::fs::read(file)? })
}

fn unzip(file: &Path) -> anyhow::Result<Vec<Result<Document, Unreadable>>> {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(file)?)?;
    anyhow::ensure!(archive.len() <= ZIP_ENTRIES_MAX, "more than {ZIP_ENTRIES_MAX} entries");
    let mut documents = Vec::new();
    for index in 0..archive.len() {
        let entry = archive.by_index(index)?;
        let name = entry.name().to_owned();
        if entry.is_dir() || is_shadow(&name) || !matches!(extension(Path::new(&name)).as_str(), "xml" | "pdf") {
            continue;
        }
        let mut bytes = Vec::new();
        // Bounded by what comes out, not by what the archive claims.
        entry.take(DOCUMENT_BYTES_MAX + 1).read_to_end(&mut bytes)?;
        let document = Document { name: format!("{}:{name}", file.display()), bytes };
        documents.push(if document.bytes.len() as u64 > DOCUMENT_BYTES_MAX {
            Err(Unreadable { name: document.name, reason: anyhow::anyhow!("larger than {} MiB", DOCUMENT_BYTES_MAX >> 20) })
        } else {
            Ok(document)
        });
    }
    Ok(documents)
}
