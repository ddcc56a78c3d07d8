//! Elements with text or elements inside, indented, in memory.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::Pain001Error;

pub(super) type Written = Result<(), Pain001Error>;

pub(super) struct Xml(Writer<Vec<u8>>);

impl Xml {
    pub(super) fn new() -> Result<Self, Pain001Error> {
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        Ok(Self(writer))
    }

    pub(super) fn element(&mut self, name: &str, content: impl FnOnce(&mut Self) -> Written) -> Written {
        self.start(BytesStart::new(name), content)
    }

    pub(super) fn element_in(&mut self, name: &str, namespace: &str, content: impl FnOnce(&mut Self) -> Written) -> Written {
        self.start(BytesStart::new(name).with_attributes([("xmlns", namespace)]), content)
    }

    /// The element at the end of `path` with a text in it, and the elements around it: `["Id", "IBAN"]` is an IBAN inside an Id.
    pub(super) fn text(&mut self, path: &[&str], text: &str) -> Written {
        match path {
            [] => Ok(self.0.write_event(Event::Text(BytesText::new(text)))?),
            [name, inner @ ..] => self.element(name, |xml| xml.text(inner, text)),
        }
    }

    pub(super) fn text_with(&mut self, name: &str, attribute: (&str, &str), text: &str) -> Written {
        self.start(BytesStart::new(name).with_attributes([attribute]), |xml| xml.text(&[], text))
    }

    pub(super) fn finish(self) -> Vec<u8> {
        let mut bytes = self.0.into_inner();
        bytes.push(b'\n');
        bytes
    }

    fn start(&mut self, start: BytesStart<'_>, content: impl FnOnce(&mut Self) -> Written) -> Written {
        let end = BytesEnd::new(start.name().as_ref().to_owned());
        self.0.write_event(Event::Start(start))?;
        content(self)?;
        Ok(self.0.write_event(Event::End(end))?)
    }
}
