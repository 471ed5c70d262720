//! The WSDL reader: SOAP 1.1, document/literal, one part per message.

use crate::error::{Error, Result};
use crate::ir::{Operation, QName};
use crate::lower::documentation;
use crate::source::{Node, Source, XS};

const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";
const SOAP: &str = "http://schemas.xmlsoap.org/wsdl/soap/";
const SOAP_12: &str = "http://schemas.xmlsoap.org/wsdl/soap12/";
const SOAP_HTTP: &str = "http://schemas.xmlsoap.org/soap/http";

/// The operations of the only service, in the order of their names.
pub(crate) fn operations(source: &Source) -> Result<Vec<Operation>> {
    Wsdl { file: &source.path, root: &source.root }.operations()
}

struct Wsdl<'s> {
    file: &'s str,
    root: &'s Node,
}

impl<'s> Wsdl<'s> {
    fn operations(&self) -> Result<Vec<Operation>> {
        if self.root.name != QName::new(WSDL, "definitions") {
            return Err(Error::at(self.file, self.root.line, "not a WSDL 1.1 document"));
        }
        self.root.take().attribute("name");
        let namespace = self.root.required_attribute(self.file, "targetNamespace")?;
        documentation(self.root);
        self.types()?;

        let service = self.root.only(self.file, WSDL, "service")?;
        let service_name = service.required_attribute(self.file, "name")?;
        documentation(service);
        let port = service.only(self.file, WSDL, "port")?;
        port.attribute("name");
        if let Some(other) = port.children.iter().find(|child| child.name.namespace == SOAP_12) {
            return self.unsupported(other, "SOAP 1.2");
        }
        // The address is a placeholder that nobody may call.
        port.only(self.file, SOAP, "address")?.attribute("location");

        let binding =
            self.named("binding", port, port.required_attribute(self.file, "binding")?)?;
        let soap_binding = binding.only(self.file, SOAP, "binding")?;
        self.expect(soap_binding, "transport", SOAP_HTTP)?;
        let style = soap_binding.attribute("style").unwrap_or("document");
        if style != "document" {
            return self.unsupported(soap_binding, &format!("style `{style}`"));
        }
        let port_type =
            self.named("portType", binding, binding.required_attribute(self.file, "type")?)?;
        documentation(port_type);

        let mut operations = Vec::new();
        for bound in binding.all(WSDL, "operation") {
            let name = bound.take().required_attribute(self.file, "name")?;
            let abstract_ = port_type
                .all(WSDL, "operation")
                .find(|operation| operation.attribute("name") == Some(name))
                .ok_or_else(|| {
                    let message = format!("operation `{name}` is not in the portType");
                    Error::at(self.file, bound.line, message)
                })?;
            let soap_operation = bound.only(self.file, SOAP, "operation")?;
            if soap_operation.attribute("style").is_some_and(|style| style != "document") {
                return self.unsupported(soap_operation, "a style other than document");
            }
            for direction in ["input", "output"] {
                let message = bound.only(self.file, WSDL, direction)?;
                self.expect(message.only(self.file, SOAP, "body")?, "use", "literal")?;
            }
            operations.push(Operation {
                docs: documentation(abstract_.take()),
                service: service_name.to_owned(),
                service_namespace: namespace.to_owned(),
                name: name.to_owned(),
                soap_action: soap_operation.required_attribute(self.file, "soapAction")?.to_owned(),
                request: self.message_element(abstract_, "input")?,
                response: self.message_element(abstract_, "output")?,
            });
        }
        operations.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(operations)
    }

    /// The inline schemas may only include the files: they have no form default of their own, so a
    /// declaration in them would mean something else than the same one in a file.
    fn types(&self) -> Result<()> {
        for schema in self.root.only(self.file, WSDL, "types")?.all(XS, "schema") {
            schema.take().attribute("targetNamespace");
            schema.attribute("elementFormDefault");
            for child in &schema.children {
                match &*child.name.local {
                    "include" | "import" if child.name.namespace == XS => {
                        child.take().attribute("schemaLocation");
                        child.attribute("namespace");
                    }
                    other => {
                        let what = format!("<{other}> inside the WSDL; move it to a schema file");
                        return self.unsupported(child, &what);
                    }
                }
            }
        }
        Ok(())
    }

    fn message_element(&self, operation: &'s Node, direction: &str) -> Result<QName> {
        let reference = operation.only(self.file, WSDL, direction)?;
        reference.attribute("name");
        let message = reference.required_attribute(self.file, "message")?;
        let message = self.named("message", reference, message)?;
        documentation(message);
        let part = message.only(self.file, WSDL, "part")?;
        part.attribute("name");
        part.resolve(self.file, part.required_attribute(self.file, "element")?)
    }

    /// The top-level definition that a prefixed name points at.
    fn named(&self, kind: &str, from: &Node, name: &str) -> Result<&'s Node> {
        let name = from.resolve(self.file, name)?;
        let found = self.root.all(WSDL, kind).find(|node| {
            node.attribute("name") == Some(&name.local)
                && self.root.attribute("targetNamespace") == Some(&name.namespace)
        });
        let missing = || Error::at(self.file, from.line, format!("no {kind} `{}`", name.local));
        Ok(found.ok_or_else(missing)?.take())
    }

    fn expect(&self, node: &Node, attribute: &str, expected: &str) -> Result<()> {
        match node.required_attribute(self.file, attribute)? {
            found if found == expected => Ok(()),
            found => self.unsupported(node, &format!("{attribute}=\"{found}\"")),
        }
    }

    fn unsupported<T>(&self, node: &Node, what: &str) -> Result<T> {
        let message =
            format!("{what} is not supported: the generator reads SOAP 1.1 document/literal");
        Err(Error::at(self.file, node.line, message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wsdl(style: &str, use_: &str, extra: &str) -> String {
        format!(
            r#"<w:definitions xmlns:w="{WSDL}" xmlns:s="{SOAP}" xmlns:t="urn:t" xmlns:p="urn:p"
    targetNamespace="urn:t">
  <w:types/>
  <w:message name="In"><w:part name="parameters" element="p:Fraga"/></w:message>
  <w:message name="Out"><w:part name="parameters" element="p:Svar"/></w:message>
  <w:portType name="P">
    <w:operation name="PersonSok"><w:input message="t:In"/><w:output message="t:Out"/></w:operation>
    {extra}
  </w:portType>
  <w:binding name="B" type="t:P">
    <s:binding style="{style}" transport="{SOAP_HTTP}"/>
    <w:operation name="PersonSok">
      <s:operation soapAction="http://example.se/Personsok"/>
      <w:input><s:body use="{use_}"/></w:input><w:output><s:body use="literal"/></w:output>
    </w:operation>
  </w:binding>
  <w:service name="S"><w:port name="O" binding="t:B"><s:address location="x"/></w:port></w:service>
</w:definitions>"#
        )
    }

    #[test]
    fn the_soap_action_is_copied_not_composed() {
        // GEN-16.
        let source = Source::parse("a.wsdl", wsdl("document", "literal", "")).unwrap();
        let operations = operations(&source).unwrap();
        source.check_coverage().unwrap();
        let [operation] = &operations[..] else { panic!("one operation") };
        assert_eq!(operation.name, "PersonSok");
        assert_eq!(operation.soap_action, "http://example.se/Personsok");
        assert_eq!(operation.request, QName::new("urn:p", "Fraga"));
        assert_eq!(operation.response, QName::new("urn:p", "Svar"));
    }

    #[test]
    fn what_is_not_document_literal_is_refused_with_its_line() {
        // GEN-04.
        let check = |text: String, expected: &str| {
            let source = Source::parse("a.wsdl", text).unwrap();
            let result = operations(&source).and_then(|_| source.check_coverage());
            let message = result.unwrap_err().to_string();
            assert!(message.starts_with(expected), "{message}");
        };
        check(wsdl("rpc", "literal", ""), "a.wsdl:11: style `rpc` is not supported");
        check(wsdl("document", "encoded", ""), "a.wsdl:14: use=\"encoded\" is not supported");
        let soap_12 = wsdl("document", "literal", "").replace(SOAP, SOAP_12);
        check(soap_12, "a.wsdl:17: SOAP 1.2 is not supported");
        let unbound = r#"<w:operation name="Annan"><w:input message="t:In"/></w:operation>"#;
        check(wsdl("document", "literal", unbound), "a.wsdl:8: <operation> is not supported");
    }
}
