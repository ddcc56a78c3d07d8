//! Unpacks streams, never further than allowed.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::ZlibDecoder;

use super::object::{Dictionary, Object, from_hex};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unpack {
    TooLarge,
    TooMany,
    Damaged,
    UnknownFilter,
}

/// More filters on one stream than this are there to cost time.
const FILTERS: usize = 4;

/// The stream's content. Every byte unpacked on the way is taken from the budget, also of a stream that turns out damaged.
pub(super) fn unpack(dictionary: &Dictionary<'_>, packed: &[u8], budget: &mut usize) -> Result<Vec<u8>, Unpack> {
    let filters = filters(dictionary);
    if filters.len() > FILTERS || predictor(dictionary).is_some_and(|predictor| predictor > 1) {
        return Err(Unpack::UnknownFilter);
    }
    let mut content = Cow::Borrowed(packed);
    for filter in &filters {
        content = Cow::Owned(match *filter {
            b"FlateDecode" | b"Fl" => inflate(&content, budget)?,
            b"ASCIIHexDecode" | b"AHx" => hexadecimal(charge(&content, budget)?)?,
            b"ASCII85Decode" | b"A85" => base_85(charge(&content, budget)?)?,
            _ => return Err(Unpack::UnknownFilter),
        });
    }
    if filters.is_empty() {
        charge(&content, budget)?;
    }
    Ok(content.into_owned())
}

fn charge<'c>(content: &'c [u8], budget: &mut usize) -> Result<&'c [u8], Unpack> {
    *budget = budget.checked_sub(content.len()).ok_or(Unpack::TooLarge)?;
    Ok(content)
}

fn filters<'a>(dictionary: &'a Dictionary<'_>) -> Vec<&'a [u8]> {
    let stated = match dictionary.get("Filter") {
        Some(Object::Array(filters)) => filters.as_slice(),
        Some(filter) => std::slice::from_ref(filter),
        None => &[],
    };
    let names = stated.iter().map(|filter| match filter {
        Object::Name(name) => &**name,
        _ => b"?".as_slice(),
    });
    names.collect()
}

fn predictor(dictionary: &Dictionary<'_>) -> Option<i64> {
    let of = |object: &Object<'_>| match object {
        Object::Dictionary(parameters) => parameters.integer("Predictor"),
        _ => None,
    };
    match dictionary.get("DecodeParms")? {
        Object::Array(each) => each.iter().find_map(of),
        one => of(one),
    }
}

fn inflate(packed: &[u8], budget: &mut usize) -> Result<Vec<u8>, Unpack> {
    let mut content = Vec::new();
    let read = ZlibDecoder::new(packed).take(*budget as u64 + 1).read_to_end(&mut content);
    charge(&content, budget)?;
    read.map(|_| content).map_err(|_| Unpack::Damaged)
}

fn hexadecimal(text: &[u8]) -> Result<Vec<u8>, Unpack> {
    let digits = text.split(|byte| *byte == b'>').next().unwrap_or_default();
    from_hex(digits).ok_or(Unpack::Damaged)
}

fn base_85(text: &[u8]) -> Result<Vec<u8>, Unpack> {
    let (mut bytes, mut group) = (Vec::with_capacity(text.len() * 4 / 5), Vec::with_capacity(5));
    for &byte in text.iter().filter(|byte| !byte.is_ascii_whitespace()) {
        match byte {
            b'~' => break,
            b'z' if group.is_empty() => bytes.extend([0; 4]),
            b'!'..=b'u' => group.push(byte - b'!'),
            _ => return Err(Unpack::Damaged),
        }
        if group.len() == 5 {
            bytes.extend(quad(&group)?);
            group.clear();
        }
    }
    match group.len() {
        0 => Ok(bytes),
        1 => Err(Unpack::Damaged),
        // A last group is filled up with the highest digit; only the bytes that it really holds count.
        held => {
            group.resize(5, 84);
            bytes.extend(&quad(&group)?[..held - 1]);
            Ok(bytes)
        }
    }
}

fn quad(group: &[u8]) -> Result<[u8; 4], Unpack> {
    let value = group.iter().fold(0u64, |value, digit| value * 85 + u64::from(*digit));
    u32::try_from(value).map(u32::to_be_bytes).map_err(|_| Unpack::Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_85_reads_whole_and_last_groups() {
        assert_eq!(base_85(b"9jqo^BlbD-BleB1DJ+*+F(f,q~>"), Ok(b"Man is distinguished".to_vec()));
        assert_eq!(base_85(b"9jqo~>"), Ok(b"Man".to_vec()));
        assert_eq!(base_85(b"z~>"), Ok(vec![0; 4]));
        assert_eq!(base_85(b"uuuuu~>"), Err(Unpack::Damaged));
        assert_eq!(base_85(b"9~>"), Err(Unpack::Damaged));
    }
}
