//! SVG: parsed without entities, held to the lists, written again.

use std::collections::{HashMap, HashSet};

use domain::catalog::PlanMedia;
use roxmltree::{Document, Error, Node, ParsingOptions};

use crate::lists::{ACTIVE, ATTRIBUTES, ELEMENTS};
use crate::{Drawing, MAX_DEPTH, MAX_NODES, Unfit, css};

const SVG: &str = "http://www.w3.org/2000/svg";

/// What is harmless in an SVG.
pub fn clean(text: &str) -> Result<Drawing, Unfit> {
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: MAX_NODES,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, options).map_err(|error| match error {
        Error::DtdDetected => Unfit::Active("DOCTYPE and entities".into()),
        Error::NodesLimitReached => Unfit::Nodes,
        other => Unfit::Broken(other.to_string()),
    })?;
    let sheet = |node: Node<'_, '_>| node.pi().is_some_and(|pi| pi.target == "xml-stylesheet");
    if document.root().children().any(sheet) {
        return Err(Unfit::Active("style sheet of its own address".into()));
    }
    let root = document.root_element();
    if !is_svg(root) || root.tag_name().name() != "svg" {
        return Err(Unfit::Unknown);
    }
    let (width, height) = size(root).ok_or(Unfit::Size)?;
    check_uses(&document)?;
    let mut writer = Writer {
        out: String::with_capacity(text.len()),
    };
    writer.element(root, 0)?;
    Ok(Drawing {
        media: PlanMedia::Svg,
        content: writer.out.into_bytes(),
        width,
        height,
    })
}

/// Elements without a namespace are taken for SVG's own: the root gets it when it is written.
fn is_svg(node: Node<'_, '_>) -> bool {
    node.is_element() && node.tag_name().namespace().is_none_or(|name| name == SVG)
}

/// How large it is: by its `viewBox`, or else by width and height.
fn size(root: Node<'_, '_>) -> Option<(f64, f64)> {
    let number = |text: &str| {
        let digits = text.trim().trim_end_matches("px").trim_end_matches("mm");
        digits.parse::<f64>().ok()
    };
    let boxed = root.attribute("viewBox").and_then(|text| {
        let parts = text.split([' ', ',', '\t', '\n']);
        let parts: Vec<f64> = parts
            .filter(|part| !part.is_empty())
            .map_while(number)
            .collect();
        match parts[..] {
            [_, _, width, height] => Some((width, height)),
            _ => None,
        }
    });
    let told = || {
        let side = |name| root.attribute(name).and_then(number);
        side("width").zip(side("height"))
    };
    let sides = boxed.or_else(told)?;
    let fits = |side: f64| side.is_finite() && side > 0.0 && side <= 1e6;
    Some(sides).filter(|(width, height)| fits(*width) && fits(*height))
}

/// Refuses what is used by what is used: a few lines of it would be drawn a billion times.
fn check_uses(document: &Document<'_>) -> Result<(), Unfit> {
    let by_id: HashMap<&str, Node<'_, '_>> = document
        .descendants()
        .filter_map(|node| Some((node.attribute("id")?, node)))
        .collect();
    let is_use = |node: &Node<'_, '_>| node.is_element() && node.tag_name().name() == "use";
    let mut seen = HashSet::new();
    for used in document.descendants().filter(is_use) {
        let Some(target) = reference(used).and_then(|id| by_id.get(id)) else {
            continue;
        };
        // Each target is looked through once, so that many uses cost no more than one.
        if seen.insert(target.id()) && target.descendants().any(|node| is_use(&node)) {
            return Err(Unfit::Active("use within what is used".into()));
        }
    }
    Ok(())
}

fn reference<'a>(node: Node<'a, '_>) -> Option<&'a str> {
    let mut links = node
        .attributes()
        .filter(|attribute| attribute.name() == "href");
    links.find_map(|attribute| attribute.value().trim().strip_prefix('#'))
}

struct Writer {
    out: String,
}

impl Writer {
    fn element(&mut self, node: Node<'_, '_>, depth: usize) -> Result<(), Unfit> {
        if depth > MAX_DEPTH {
            return Err(Unfit::Nodes);
        }
        let name = node.tag_name().name();
        let small = name.to_ascii_lowercase();
        if ACTIVE.contains(&small.as_str()) {
            return Err(Unfit::Active(format!("<{name}>")));
        }
        // What a link shows stays, the link does not.
        let name = if name == "a" { "g" } else { name };
        let known = is_svg(node) && ELEMENTS.contains(&name);
        if known {
            self.out.push('<');
            self.out.push_str(name);
            if depth == 0 {
                self.attribute("xmlns", SVG);
            }
        }
        self.attributes(node, known)?;
        if known {
            self.out.push('>');
        }
        let style = name == "style";
        for child in node.children() {
            if child.is_element() {
                // Of what is left out, the children are left out too, but looked at all the same.
                let mut aside = Self { out: String::new() };
                let writer = if known { &mut *self } else { &mut aside };
                writer.element(child, depth + 1)?;
            } else if let (true, Some(text)) = (child.is_text() && known, child.text()) {
                if style {
                    css::check(text)?;
                }
                self.text(text);
            }
        }
        if known {
            self.out.push_str("</");
            self.out.push_str(name);
            self.out.push('>');
        }
        Ok(())
    }

    fn attributes(&mut self, node: Node<'_, '_>, known: bool) -> Result<(), Unfit> {
        for attribute in node.attributes() {
            let (name, value) = (attribute.name(), attribute.value());
            let small = name.to_ascii_lowercase();
            if small.starts_with("on") {
                return Err(Unfit::Active(format!("attribute {name}")));
            }
            if matches!(small.as_str(), "href" | "src") {
                let own = value.trim().starts_with('#');
                if !own && node.tag_name().name() != "a" {
                    return Err(Unfit::Active(
                        "reference to anything but its own parts".into(),
                    ));
                }
                if own && known {
                    self.attribute("href", value.trim());
                }
                continue;
            }
            if known && attribute.namespace().is_none() && ATTRIBUTES.contains(&name) {
                css::check(value)?;
                self.attribute(name, value);
            }
        }
        Ok(())
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        self.text(value);
        self.out.push('"');
    }

    fn text(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' => self.out.push_str("&quot;"),
                other => self.out.push(other),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MAX_SVG;

    fn svg(inside: &str) -> String {
        format!(
            "<svg xmlns=\"{SVG}\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" viewBox=\"0 0 20 10\">{inside}</svg>"
        )
    }

    #[test]
    fn e3_what_acts_is_refused() {
        for inside in [
            "<script>alert(1)</script>",
            "<ScRiPt/>",
            "<g><foreignObject><body xmlns='http://www.w3.org/1999/xhtml'/></foreignObject></g>",
            "<x:metadata xmlns:x='urn:x'><script/></x:metadata>",
            "<image href='https://evil.example/x.png'/>",
            "<image href='data:image/png;base64,AAAA'/>",
            "<use xlink:href='//evil.example/#a'/>",
            "<use href='https://evil.example/#a'/>",
            "<use href=' java&#115;cript:x()'/>",
            "<rect onclick='x()'/>",
            "<rect ONLOAD='x()'/>",
            "<rect fill='url(https://evil.example/a)'/>",
            "<rect fill='url( \"//evil.example/a\")'/>",
            "<rect style='fill: u\\72l(//evil.example)'/>",
            "<rect style='background:url(/*#*/javascript:x)'/>",
            "<style>@import 'https://evil.example/a.css';</style>",
            "<style>rect { fill: url(http://evil.example/a) }</style>",
            "<style>@font-face { src: url(#a) }</style>",
            "<iframe src='#a'/>",
            "<handler type='text/javascript'>x()</handler>",
            "<g id='a'><use href='#b'/></g><g id='b'><rect/></g><use href='#a'/>",
        ] {
            assert!(
                matches!(clean(&svg(inside)), Err(Unfit::Active(_))),
                "{inside}"
            );
        }
        let sheet = format!(
            "<?xml-stylesheet href='https://evil.example/a.css'?>{}",
            svg("")
        );
        assert!(matches!(clean(&sheet), Err(Unfit::Active(_))));
    }

    #[test]
    fn e3_entities_are_refused_before_they_are_expanded() {
        let entity = |level: usize| {
            let ten = format!("&a{};", level - 1).repeat(10);
            format!("<!ENTITY a{level} '{ten}'>")
        };
        let entities: Vec<String> = (1..20).map(entity).collect();
        let mut laughs = format!("<!DOCTYPE svg [<!ENTITY a0 'ha'>{}", entities.concat());
        laughs.push_str("]><svg viewBox='0 0 1 1'><text>&a19;</text></svg>");
        let outside = "<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><svg viewBox='0 0 1 1'><text>&x;</text></svg>";
        for text in [
            laughs.as_str(),
            outside,
            "<!DOCTYPE svg SYSTEM 'http://evil.example/a.dtd'><svg/>",
        ] {
            assert_eq!(
                clean(text),
                Err(Unfit::Active("DOCTYPE and entities".into()))
            );
        }
        assert!(matches!(
            clean(&svg("<text>&x;</text>")),
            Err(Unfit::Broken(_))
        ));
    }

    #[test]
    fn what_is_not_needed_is_left_out() {
        let text = svg(
            "<!-- note --><metadata><rdf:RDF xmlns:rdf='urn:r'>secret</rdf:RDF></metadata>\
             <a href='https://example.com'><rect x='1' data-x='2' fill='red'/></a>\
             <animate attributeName='x'/><text>A &lt; B &amp; \"C\"</text>\
             <use xlink:href='#p'/><path id='p' d='M0 0' fill=\"url('#f')\" style='stroke: #123'/>",
        );
        let drawing = clean(&text).unwrap();
        assert_eq!((drawing.width, drawing.height), (20.0, 10.0));
        let out = String::from_utf8(drawing.content.clone()).unwrap();
        assert_eq!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 20 10\">\
             <g><rect x=\"1\" fill=\"red\"></rect></g><text>A &lt; B &amp; &quot;C&quot;</text>\
             <use href=\"#p\"></use><path id=\"p\" d=\"M0 0\" fill=\"url('#f')\" style=\"stroke: #123\"></path></svg>"
        );
        assert_eq!(clean(&out), Ok(drawing), "what is clean stays as it is");
    }

    #[test]
    fn sizes_are_bounded() {
        let many = svg(&"<g/>".repeat(MAX_NODES as usize));
        assert_eq!(clean(&many), Err(Unfit::Nodes));
        let deep = format!("{}{}", "<g>".repeat(100), "</g>".repeat(100));
        assert_eq!(clean(&svg(&deep)), Err(Unfit::Nodes));
        let long = svg(&" ".repeat(MAX_SVG));
        assert_eq!(crate::svg(&long), Err(Unfit::Bytes(MAX_SVG)));
        for sides in [
            "",
            "viewBox='0 0 0 5'",
            "viewBox='0 0 x 5'",
            "width='10'",
            "viewBox='0 0 1e99 5'",
        ] {
            assert_eq!(
                clean(&format!("<svg {sides}/>")),
                Err(Unfit::Size),
                "{sides}"
            );
        }
        assert!(clean("<svg width='10px' height='5'/>").is_ok());
        for other in ["<html/>", "<svg:svg xmlns:svg='urn:other'/>"] {
            assert_eq!(clean(other), Err(Unfit::Unknown));
        }
    }
}
