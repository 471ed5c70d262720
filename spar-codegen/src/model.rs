//! From the IR to Rust: which types there are, what they are called, what is in them.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{Error, Result};
use crate::ir::{
    Builtin, Facets, Ir, Namespace, Occurs, Operation, Particle, ParticleKind, QName, Type,
    TypeKind, TypeRef,
};
use crate::names::{
    Names, const_ident, field_ident, interface_idents, module_ident, stem_and_version, type_ident,
};
use crate::pattern;
use crate::tables::Tables;

/// The Rust side of one interface version.
pub(crate) struct Model {
    /// Such as `personsok` and `v2021_1`.
    pub(crate) facade: (String, String),
    pub(crate) modules: Vec<Module>,
    pub(crate) operations: Vec<RustOperation>,
    /// The types that the operations' messages are made of.
    pub(crate) reachable: BTreeSet<RustType>,
}

/// The module of a namespace.
pub(crate) struct Module {
    pub(crate) name: String,
    pub(crate) namespace: String,
    /// The namespace without its version, and the version as numbers.
    pub(crate) stem: String,
    pub(crate) version: Vec<u32>,
    pub(crate) file: String,
    pub(crate) docs: String,
    pub(crate) is_reconstructed: bool,
    pub(crate) elements: Vec<ElementName>,
    pub(crate) items: Vec<Item>,
}

/// A constant for the name of an element.
pub(crate) struct ElementName {
    pub(crate) ident: String,
    pub(crate) local: String,
    pub(crate) namespace: String,
    pub(crate) docs: String,
}

/// A type.
pub(crate) struct Item {
    pub(crate) ident: String,
    pub(crate) docs: String,
    /// What the schema calls it, and where.
    pub(crate) origin: String,
    /// Other words by which rustdoc's search finds it.
    pub(crate) aliases: Vec<String>,
    pub(crate) kind: ItemKind,
}

pub(crate) enum ItemKind {
    Record {
        fields: Vec<Field>,
        /// Choices whose alternatives are fields side by side, of which the schema allows one.
        coinciding: Vec<Vec<ElementRef>>,
        root: Option<Root>,
    },
    Choice {
        variants: Vec<Variant>,
        fallback: Option<usize>,
    },
    SimpleContent {
        value: RustType,
        attributes: Vec<RustAttribute>,
    },
    Text(TextFacets),
    Number {
        builtin: Builtin,
        min: Option<i64>,
        max: Option<i64>,
    },
    Code(Vec<CodeValue>),
    Alias(RustType),
}

/// The record is a document of its own.
pub(crate) struct Root {
    pub(crate) name: ElementRef,
    pub(crate) namespaces: Vec<String>,
}

pub(crate) struct Field {
    pub(crate) ident: String,
    /// Of an element the schema's name, which is the one in JSON; of a group that of its type.
    pub(crate) schema_name: String,
    pub(crate) docs: String,
    pub(crate) aliases: Vec<String>,
    pub(crate) is_public: bool,
    pub(crate) kind: FieldKind,
}

pub(crate) enum FieldKind {
    Element(ElementUse),
    Group { of: RustType, is_optional: bool },
}

/// An element within a content.
pub(crate) struct ElementUse {
    pub(crate) name: ElementRef,
    pub(crate) of: RustType,
    /// How often the schema has it. A fix-up may let the record hold more.
    pub(crate) occurs: Occurs,
    pub(crate) shape: Shape,
    /// The type by which the schema judges the value, if the record keeps it as another one.
    pub(crate) judged_as: Option<RustType>,
}

/// How a record holds what may occur.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    One,
    Optional,
    /// Values of a simple type, each of which can be kept whatever it is.
    Values,
    /// Records, of which one that cannot be made is an error in its place.
    Records,
}

impl Shape {
    pub(crate) fn is_list(self) -> bool {
        matches!(self, Self::Values | Self::Records)
    }
}

impl Field {
    pub(crate) fn shape(&self) -> Shape {
        match &self.kind {
            FieldKind::Element(element) => element.shape,
            FieldKind::Group { is_optional: true, .. } => Shape::Optional,
            FieldKind::Group { is_optional: false, .. } => Shape::One,
        }
    }

    pub(crate) fn of(&self) -> &RustType {
        match &self.kind {
            FieldKind::Element(ElementUse { of, .. }) | FieldKind::Group { of, .. } => of,
        }
    }

    /// Whether the schema asks for the field.
    pub(crate) fn is_required(&self) -> bool {
        match &self.kind {
            FieldKind::Element(element) => element.occurs.min > 0,
            // A group that must be there but may be empty has a default.
            FieldKind::Group { .. } => false,
        }
    }

    pub(crate) fn element(&self) -> Option<&ElementUse> {
        match &self.kind {
            FieldKind::Element(element) => Some(element),
            FieldKind::Group { .. } => None,
        }
    }
}

pub(crate) struct Variant {
    pub(crate) ident: String,
    pub(crate) schema_name: String,
    pub(crate) docs: String,
    pub(crate) kind: VariantKind,
}

pub(crate) enum VariantKind {
    Element(ElementUse),
    /// A group with a type of its own.
    Group(RustType),
    /// A group of few elements.
    Fields(Vec<Field>),
}

pub(crate) struct TextFacets {
    pub(crate) min_length: Option<usize>,
    pub(crate) max_length: Option<usize>,
    /// As the schema has it, and as Rust has it.
    pub(crate) pattern: Option<(String, String)>,
}

pub(crate) struct CodeValue {
    pub(crate) ident: String,
    pub(crate) value: String,
    pub(crate) docs: String,
    pub(crate) aliases: Vec<String>,
}

pub(crate) struct RustAttribute {
    pub(crate) ident: String,
    pub(crate) name: String,
    pub(crate) docs: String,
    pub(crate) of: RustType,
}

pub(crate) struct RustOperation {
    pub(crate) operation: String,
    pub(crate) docs: String,
    pub(crate) soap_action: String,
    pub(crate) request: RustType,
    pub(crate) response: RustType,
}

/// A type by the module that declares it; `None` is the runtime.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RustType {
    pub(crate) module: Option<String>,
    pub(crate) ident: String,
}

/// The constant that names an element.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ElementRef {
    pub(crate) module: String,
    pub(crate) ident: String,
}

/// A choice of at most this many elements in sequence becomes a variant with fields.
const MAX_INLINE_FIELDS: usize = 3;

pub(crate) fn build(ir: &Ir, tables: &Tables) -> Result<Model> {
    let names = &tables.names;
    let mut modules = Vec::new();
    for (uri, namespace) in &ir.namespaces {
        modules.push(Builder::new(ir, tables, uri)?.module(namespace)?);
    }
    let operations =
        ir.operations.iter().map(|o| operation(ir, names, o)).collect::<Result<Vec<_>>>()?;
    let mut reachable = BTreeSet::new();
    for operation in &operations {
        reach(&modules, &operation.request, &mut reachable);
        reach(&modules, &operation.response, &mut reachable);
    }
    check_facade(&reachable)?;
    set_namespaces(&mut modules);
    Ok(Model { facade: interface_idents(&ir.interface)?, modules, operations, reachable })
}

struct Builder<'i> {
    ir: &'i Ir,
    tables: &'i Tables,
    uri: &'i str,
    module: String,
    items: Vec<Item>,
    elements: BTreeMap<String, ElementName>,
    /// Documentation of particles that get no field and no type of their own, for the type around them.
    inlined_docs: Vec<String>,
    /// Of the content at hand, the choices whose alternatives are fields.
    coinciding: Vec<Vec<ElementRef>>,
}

impl<'i> Builder<'i> {
    fn new(ir: &'i Ir, tables: &'i Tables, uri: &'i str) -> Result<Self> {
        let module = module_ident(uri)?;
        Ok(Self {
            ir,
            tables,
            uri,
            module,
            items: Vec::new(),
            elements: BTreeMap::new(),
            inlined_docs: Vec::new(),
            coinciding: Vec::new(),
        })
    }

    fn module(mut self, namespace: &Namespace) -> Result<Module> {
        for (local, element) in &namespace.elements {
            self.element_name(&QName::new(self.uri, local), &element.docs)?;
        }
        for (local, group) in &namespace.groups {
            if self.needs_type(&QName::new(self.uri, local)) {
                let name = QName::new(self.uri, local);
                let origin = format!("group `{local}` in `{}`", namespace.file);
                let ident = type_ident(local);
                self.composite(&name, ident, group.docs.clone(), origin, &group.particle)?;
            }
        }
        for (local, type_) in &namespace.types {
            self.type_item(&QName::new(self.uri, local), type_)?;
        }
        self.check_collisions(&namespace.file)?;
        self.items.sort_by(|a, b| a.ident.cmp(&b.ident));
        let (stem, version) = stem_and_version(self.uri)?;
        Ok(Module {
            name: self.module,
            namespace: self.uri.to_owned(),
            stem,
            version,
            file: namespace.file.clone(),
            docs: namespace.docs.clone(),
            is_reconstructed: namespace.is_reconstructed,
            elements: self.elements.into_values().collect(),
            items: self.items,
        })
    }

    /// A group needs a type where it may be absent; where it must be there once, its members are
    /// the content's own.
    fn needs_type(&self, group: &QName) -> bool {
        fn uses(particle: &Particle, group: &QName) -> bool {
            match &particle.kind {
                ParticleKind::Group(name) => name == group && particle.occurs != Occurs::ONCE,
                ParticleKind::Sequence(members) | ParticleKind::Choice(members) => {
                    members.iter().any(|member| uses(member, group))
                }
                ParticleKind::Element { .. } => false,
            }
        }
        self.ir.namespaces.values().any(|namespace| {
            let in_types = namespace.types.values().any(|type_| match &type_.kind {
                TypeKind::Complex(particle) => uses(particle, group),
                _ => false,
            });
            in_types || namespace.groups.values().any(|g| uses(&g.particle, group))
        })
    }

    fn element_name(&mut self, name: &QName, docs: &str) -> Result<ElementRef> {
        let module = if name.namespace.is_empty() {
            self.module.clone()
        } else {
            module_ident(&name.namespace)?
        };
        let ident = const_ident(&name.local);
        if module == self.module {
            let entry = self.elements.entry(ident.clone()).or_insert_with(|| ElementName {
                ident: ident.clone(),
                local: name.local.clone(),
                namespace: name.namespace.clone(),
                docs: docs.to_owned(),
            });
            if entry.local != name.local || entry.namespace != name.namespace {
                return Err(Error::new(format!(
                    "elements `{}` and `{}` of `{module}` would both be named {ident}",
                    entry.local, name.local
                )));
            }
        }
        Ok(ElementRef { module, ident })
    }

    fn type_item(&mut self, name: &QName, type_: &Type) -> Result<()> {
        let ident = self.tables.names.type_name(name);
        let what = if type_.is_anonymous { "element" } else { "type" };
        let origin = format!("{what} `{}` in `{}`", name.local, type_.place.0);
        let kind = match &type_.kind {
            TypeKind::Complex(particle) => {
                return self.composite(name, ident, type_.docs.clone(), origin, particle);
            }
            TypeKind::SimpleContent { base, attributes } => ItemKind::SimpleContent {
                value: self.rust_type(base)?,
                attributes: attributes
                    .iter()
                    .map(|attribute| {
                        Ok(RustAttribute {
                            ident: field_ident(&attribute.name),
                            name: attribute.name.clone(),
                            docs: attribute.docs.clone(),
                            of: self.rust_type(&attribute.type_ref)?,
                        })
                    })
                    .collect::<Result<_>>()?,
            },
            TypeKind::Simple(simple) => match (self.tables.names.runtime(name), &simple.base) {
                (Some(runtime), _) => {
                    ItemKind::Alias(RustType { module: None, ident: runtime.to_owned() })
                }
                (None, TypeRef::Builtin(builtin)) => {
                    let fail =
                        |error: Error| Error::at(&type_.place.0, type_.place.1, error.to_string());
                    self.simple_kind(name, *builtin, &simple.facets).map_err(fail)?
                }
                (None, base) if simple.facets.is_empty() => ItemKind::Alias(self.rust_type(base)?),
                (None, _) => {
                    let message = "a restriction of a type that is itself a restriction is not \
                                   supported by the generator";
                    return Err(Error::at(&type_.place.0, type_.place.1, message));
                }
            },
        };
        let aliases = self.tables.glossary.aliases(&name.local);
        self.items.push(Item { ident, docs: type_.docs.clone(), origin, aliases, kind });
        Ok(())
    }

    /// A type whose content is elements.
    fn composite(
        &mut self,
        name: &QName,
        ident: String,
        docs: String,
        origin: String,
        particle: &Particle,
    ) -> Result<()> {
        let mut content = particle;
        // A sequence of nothing but a choice is a choice.
        while let ParticleKind::Sequence(members) = &content.kind
            && let [only] = &members[..]
            && content.occurs == Occurs::ONCE
            && matches!(only.kind, ParticleKind::Choice(_))
        {
            content = only;
        }
        let outer_docs = std::mem::replace(&mut self.inlined_docs, vec![docs]);
        let outer_coinciding = std::mem::take(&mut self.coinciding);
        self.inlined_docs.push(content.docs.clone());
        let kind = match &content.kind {
            ParticleKind::Choice(members) if content.occurs == Occurs::ONCE => {
                self.choice(name, members, true)?
            }
            _ => {
                let mut fields = Vec::new();
                self.fields(name, content, &mut fields)?;
                let root = self.is_root(name).then(|| -> Result<_> {
                    Ok(Root { name: self.element_name(name, "")?, namespaces: Vec::new() })
                });
                let coinciding = std::mem::take(&mut self.coinciding);
                ItemKind::Record { fields, coinciding, root: root.transpose()? }
            }
        };
        check_unique_elements(&kind, &origin)?;
        self.coinciding = outer_coinciding;
        let mut paragraphs = std::mem::replace(&mut self.inlined_docs, outer_docs);
        paragraphs.retain(|paragraph| !paragraph.is_empty());
        paragraphs.dedup();
        let docs = paragraphs.join("\n\n");
        // An anonymous group has a name of ours, which needs no gloss.
        let is_named = type_ident(&name.local) == ident;
        let aliases = if is_named { self.tables.glossary.aliases(&name.local) } else { Vec::new() };
        self.items.push(Item { ident, docs, origin, aliases, kind });
        Ok(())
    }

    /// An element with an anonymous type is that type's only use.
    fn is_root(&self, name: &QName) -> bool {
        self.ir.type_of(name).is_some_and(|type_| type_.is_anonymous)
    }

    fn fields(
        &mut self,
        owner: &QName,
        particle: &Particle,
        fields: &mut Vec<Field>,
    ) -> Result<()> {
        let occurs = particle.occurs;
        let docs = particle.docs.clone();
        match &particle.kind {
            ParticleKind::Element { name, type_ref } => fields.push(Field {
                ident: field_ident(&name.local),
                schema_name: name.local.clone(),
                docs,
                aliases: self.tables.glossary.aliases(&name.local),
                is_public: self.tables.names.is_public(name),
                kind: FieldKind::Element(
                    self.element_use(owner, particle, name, type_ref, occurs)?,
                ),
            }),
            ParticleKind::Sequence(members) if occurs == Occurs::ONCE => {
                for member in members {
                    self.fields(owner, member, fields)?;
                }
            }
            ParticleKind::Group(name) if occurs == Occurs::ONCE => {
                let group = self.group(name)?;
                self.inlined_docs.extend([docs, group.docs.clone()]);
                self.fields(owner, &group, fields)?;
            }
            ParticleKind::Group(name) => {
                let of = RustType {
                    module: Some(module_ident(&name.namespace)?),
                    ident: type_ident(&name.local),
                };
                let group = self.group(name)?;
                let docs = if docs.is_empty() { group.docs } else { docs };
                fields.push(self.group_field(owner, particle, of, docs, true)?);
            }
            ParticleKind::Sequence(_) => {
                let (ident, _) = self.anonymous(owner, particle)?;
                let origin = format!("group in `{}`", owner.local);
                let once = Particle { occurs: Occurs::ONCE, ..particle.clone() };
                self.composite(owner, ident.clone(), docs.clone(), origin, &once)?;
                let of = self.own(ident);
                fields.push(self.group_field(owner, particle, of, docs, true)?);
            }
            ParticleKind::Choice(members) if self.may_coincide(owner, particle)? => {
                self.inlined_docs.push(docs);
                let mut alternatives = Vec::new();
                for member in members {
                    let ParticleKind::Element { name, .. } = &member.kind else {
                        let message = "alternatives that may coincide must be elements";
                        return Err(self.error(owner, member, message));
                    };
                    alternatives.push(self.element_name(name, &member.docs)?);
                    // Each may be absent: another one is there.
                    let occurs = Occurs { min: 0, ..member.occurs };
                    self.fields(owner, &Particle { occurs, ..member.clone() }, fields)?;
                }
                self.coinciding.push(alternatives);
            }
            ParticleKind::Choice(members) => {
                let (ident, _) = self.anonymous(owner, particle)?;
                let kind = self.choice(owner, members, false)?;
                let has_fallback = matches!(kind, ItemKind::Choice { fallback: Some(_), .. });
                let is_optional =
                    (occurs.min == 0 || self.is_emptiable(particle)?) && !has_fallback;
                let origin = format!("choice in `{}`", owner.local);
                let of = self.own(ident.clone());
                let aliases = Vec::new();
                self.items.push(Item { ident, docs: docs.clone(), origin, aliases, kind });
                fields.push(self.group_field(owner, particle, of, docs, is_optional)?);
            }
        }
        Ok(())
    }

    fn element_use(
        &mut self,
        owner: &QName,
        particle: &Particle,
        name: &QName,
        type_ref: &TypeRef,
        occurs: Occurs,
    ) -> Result<ElementUse> {
        let fixups = &self.tables.fixups;
        let is_record = match type_ref {
            TypeRef::Builtin(_) => false,
            TypeRef::Named(of) | TypeRef::OfElement(of) => {
                let of = self.ir.type_of(of);
                of.is_some_and(|of| matches!(of.kind, TypeKind::Complex(_)))
            }
        };
        let is_list = occurs.is_list() || fixups.may_repeat(owner, name, occurs);
        let shape = match (is_list, is_record) {
            (true, true) => Shape::Records,
            (true, false) => Shape::Values,
            (false, _) if occurs.min == 0 || fixups.may_be_absent(owner, name, occurs) => {
                Shape::Optional
            }
            (false, _) => Shape::One,
        };
        let declared = self.rust_type(type_ref)?;
        let runtime = match type_ref {
            TypeRef::Named(name) => self.tables.names.runtime(name),
            _ => None,
        };
        let (of, judged_as) = match fixups.read_as(owner, name, runtime.unwrap_or(&declared.ident))
        {
            Some(_) if shape != Shape::Optional => {
                let message = "another type than the schema's is supported on optional elements";
                return Err(self.error(owner, particle, message));
            }
            Some(other) => (RustType { module: None, ident: other.to_owned() }, Some(declared)),
            None => (declared, None),
        };
        Ok(ElementUse {
            name: self.element_name(name, &particle.docs)?,
            of,
            occurs,
            shape,
            judged_as,
        })
    }

    fn may_coincide(&self, owner: &QName, choice: &Particle) -> Result<bool> {
        let first = self.first_element(choice)?.unwrap_or_default();
        Ok(choice.occurs == Occurs::ONCE && self.tables.fixups.may_coincide(owner, &first))
    }

    fn group_field(
        &self,
        owner: &QName,
        particle: &Particle,
        of: RustType,
        docs: String,
        is_optional: bool,
    ) -> Result<Field> {
        if particle.occurs.is_list() {
            return Err(self.error(
                owner,
                particle,
                "a group that may be repeated is not supported",
            ));
        }
        Ok(Field {
            ident: field_ident(&of.ident),
            schema_name: of.ident.clone(),
            docs,
            aliases: Vec::new(),
            is_public: false,
            kind: FieldKind::Group { of, is_optional },
        })
    }

    /// The alternatives. Of a choice that may be empty, the one that stands for that is the fallback:
    /// in a type of its own any that may be empty, in a field only a list.
    fn choice(
        &mut self,
        owner: &QName,
        members: &[Particle],
        is_own_type: bool,
    ) -> Result<ItemKind> {
        let mut variants = Vec::new();
        let mut fallback = None;
        for member in members {
            let is_list = member.occurs.is_list();
            if self.is_emptiable(member)? && (is_own_type || is_list) && fallback.is_none() {
                fallback = Some(variants.len());
            }
            variants.push(self.variant(owner, member)?);
        }
        Ok(ItemKind::Choice { variants, fallback })
    }

    fn variant(&mut self, owner: &QName, member: &Particle) -> Result<Variant> {
        let docs = member.docs.clone();
        match &member.kind {
            ParticleKind::Element { name, type_ref } => Ok(Variant {
                ident: type_ident(&name.local),
                schema_name: name.local.clone(),
                docs,
                kind: VariantKind::Element({
                    // An alternative that is absent is not chosen.
                    let occurs = if member.occurs.is_list() { member.occurs } else { Occurs::ONCE };
                    self.element_use(owner, member, name, type_ref, occurs)?
                }),
            }),
            ParticleKind::Sequence(members) if member.occurs == Occurs::ONCE => {
                let (ident, _) = self.anonymous(owner, member)?;
                let is_flat =
                    members.iter().all(|m| matches!(m.kind, ParticleKind::Element { .. }));
                let kind = if is_flat && members.len() <= MAX_INLINE_FIELDS {
                    let mut fields = Vec::new();
                    self.fields(owner, member, &mut fields)?;
                    VariantKind::Fields(fields)
                } else {
                    let origin = format!("group in `{}`", owner.local);
                    self.composite(owner, ident.clone(), docs.clone(), origin, member)?;
                    VariantKind::Group(self.own(ident.clone()))
                };
                Ok(Variant { schema_name: ident.clone(), ident, docs, kind })
            }
            _ => Err(self.error(owner, member, "this alternative of a choice is not supported")),
        }
    }

    /// The name of an anonymous group, from the table.
    fn anonymous(&self, owner: &QName, particle: &Particle) -> Result<(String, &'static str)> {
        let kind = match particle.kind {
            ParticleKind::Choice(_) => "choice",
            _ => "sequence",
        };
        let first = self.first_element(particle)?.unwrap_or_default();
        match self.tables.names.group(owner, kind, &first) {
            Some(name) => Ok((name.to_owned(), kind)),
            None => {
                let message = format!(
                    "the {kind} that begins with `{first}` has no name; add to names.toml:\n\
                     [[group]]\ntype = \"…/{}\"\nkind = \"{kind}\"\nfirst = \"{first}\"\nname = \"…\"",
                    owner.local
                );
                Err(self.error(owner, particle, &message))
            }
        }
    }

    fn first_element(&self, particle: &Particle) -> Result<Option<String>> {
        match &particle.kind {
            ParticleKind::Element { name, .. } => Ok(Some(name.local.clone())),
            ParticleKind::Group(name) => self.first_element(&self.group(name)?),
            ParticleKind::Sequence(members) | ParticleKind::Choice(members) => {
                members.first().map_or(Ok(None), |member| self.first_element(member))
            }
        }
    }

    fn is_emptiable(&self, particle: &Particle) -> Result<bool> {
        if particle.occurs.min == 0 {
            return Ok(true);
        }
        match &particle.kind {
            ParticleKind::Element { .. } => Ok(false),
            ParticleKind::Group(name) => self.is_emptiable(&self.group(name)?),
            ParticleKind::Sequence(members) => {
                for member in members {
                    if !self.is_emptiable(member)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            ParticleKind::Choice(members) => {
                for member in members {
                    if self.is_emptiable(member)? {
                        return Ok(true);
                    }
                }
                Ok(members.is_empty())
            }
        }
    }

    fn group(&self, name: &QName) -> Result<Particle> {
        let group = self.ir.group(name);
        let group = group.ok_or_else(|| Error::new(format!("group {name} is not declared")))?;
        Ok(Particle { docs: group.docs.clone(), ..group.particle.clone() })
    }

    fn simple_kind(&self, name: &QName, builtin: Builtin, facets: &Facets) -> Result<ItemKind> {
        let has_bounds = (facets.min_inclusive, facets.max_inclusive) != (None, None);
        let has_text_facets =
            !facets.patterns.is_empty() || (facets.min_length, facets.max_length) != (None, None);
        match builtin {
            Builtin::String if has_bounds => Err(Error::new("bounds on a string")),
            Builtin::String if !facets.enumeration.is_empty() => {
                if has_text_facets {
                    return Err(Error::new("an enumeration with further facets is not supported"));
                }
                Ok(ItemKind::Code(self.code_values(name, facets)?))
            }
            Builtin::String => {
                let pattern = match &facets.patterns[..] {
                    [] => None,
                    patterns => Some((patterns.join("|"), pattern::translate(patterns)?)),
                };
                let (min_length, max_length) = (facets.min_length, facets.max_length);
                Ok(ItemKind::Text(TextFacets { min_length, max_length, pattern }))
            }
            _ if has_text_facets || !facets.enumeration.is_empty() => {
                Err(Error::new(format!("these facets on xs:{} are not supported", builtin.name())))
            }
            Builtin::Int | Builtin::Long => Ok(ItemKind::Number {
                builtin,
                min: facets.min_inclusive,
                max: facets.max_inclusive,
            }),
            _ if has_bounds => {
                Err(Error::new(format!("bounds on xs:{} are not supported", builtin.name())))
            }
            _ => Ok(ItemKind::Alias(runtime_type(builtin))),
        }
    }

    fn code_values(&self, name: &QName, facets: &Facets) -> Result<Vec<CodeValue>> {
        let mut seen = BTreeSet::new();
        let mut values = Vec::new();
        for value in &facets.enumeration {
            let ident = self.tables.names.value(name, &value.value);
            if ident == "Unknown" || !seen.insert(ident.clone()) {
                return Err(Error::new(format!(
                    "two values would be named `{ident}`; name one in names.toml, [values]"
                )));
            }
            let docs = value.docs.clone();
            let aliases = self.tables.glossary.aliases(&value.value);
            values.push(CodeValue { ident, value: value.value.clone(), docs, aliases });
        }
        Ok(values)
    }

    fn rust_type(&self, type_ref: &TypeRef) -> Result<RustType> {
        rust_type(&self.tables.names, type_ref)
    }

    fn own(&self, ident: String) -> RustType {
        RustType { module: Some(self.module.clone()), ident }
    }

    fn error(&self, owner: &QName, particle: &Particle, message: &str) -> Error {
        let file = self.ir.namespaces.get(&owner.namespace).map_or("", |n| n.file.as_str());
        Error::at(file, particle.line, message)
    }

    fn check_collisions(&self, file: &str) -> Result<()> {
        let mut seen = BTreeMap::new();
        for item in &self.items {
            if let Some(other) = seen.insert(&item.ident, &item.origin) {
                return Err(Error::new(format!(
                    "{file}: {other} and {} would both be named {}; name one in names.toml",
                    item.origin, item.ident
                )));
            }
        }
        Ok(())
    }
}

impl Facets {
    fn is_empty(&self) -> bool {
        self.patterns.is_empty()
            && self.enumeration.is_empty()
            && (self.min_length, self.max_length) == (None, None)
            && (self.min_inclusive, self.max_inclusive) == (None, None)
    }
}

fn rust_type(names: &Names, type_ref: &TypeRef) -> Result<RustType> {
    match type_ref {
        TypeRef::Builtin(builtin) => Ok(runtime_type(*builtin)),
        TypeRef::Named(name) | TypeRef::OfElement(name) => Ok(RustType {
            module: Some(module_ident(&name.namespace)?),
            ident: names.type_name(name),
        }),
    }
}

fn runtime_type(builtin: Builtin) -> RustType {
    let ident = match builtin {
        Builtin::String => "FreeText",
        Builtin::Int => "Int",
        Builtin::Long => "Long",
        Builtin::Integer => "Integer",
        Builtin::Date => "Datum",
        Builtin::DateTime => "Tidsstampel",
    };
    RustType { module: None, ident: ident.to_owned() }
}

fn operation(ir: &Ir, names: &Names, operation: &Operation) -> Result<RustOperation> {
    let message = |name: &QName| -> Result<RustType> {
        let element = ir.namespaces.get(&name.namespace).and_then(|n| n.elements.get(&name.local));
        match element {
            Some(element) => rust_type(names, &element.type_ref),
            None => Err(Error::new(format!(
                "the WSDL refers to element {name}, which no file declares"
            ))),
        }
    };
    Ok(RustOperation {
        operation: operation.name.clone(),
        docs: operation.docs.clone(),
        soap_action: operation.soap_action.clone(),
        request: message(&operation.request)?,
        response: message(&operation.response)?,
    })
}

/// An element must stand for one field, so that the reader can tell by its name where it belongs.
fn check_unique_elements(kind: &ItemKind, origin: &str) -> Result<()> {
    let mut seen = BTreeSet::new();
    match element_refs(kind).into_iter().find(|name| !seen.insert(*name)) {
        None => Ok(()),
        Some(name) => Err(Error::new(format!(
            "{origin}: element {} stands in two places of one content, which is not supported",
            name.ident
        ))),
    }
}

/// The facade puts the types of all namespaces side by side.
fn check_facade(reachable: &BTreeSet<RustType>) -> Result<()> {
    let mut seen = BTreeMap::new();
    for type_ in reachable {
        if let Some(other) = seen.insert(&type_.ident, &type_.module) {
            let (one, two) =
                (other.as_deref().unwrap_or(""), type_.module.as_deref().unwrap_or(""));
            return Err(Error::new(format!(
                "{one} and {two} both hold a type {}; name one of them in names.toml, [types]",
                type_.ident
            )));
        }
    }
    Ok(())
}

pub(crate) fn find<'m>(modules: &'m [Module], of: &RustType) -> Option<&'m Item> {
    let module = modules.iter().find(|module| Some(&module.name) == of.module.as_ref())?;
    module.items.iter().find(|item| item.ident == of.ident)
}

/// The types that an item is made of.
fn parts(item: &Item) -> Vec<&RustType> {
    match &item.kind {
        ItemKind::Record { fields, .. } => fields.iter().map(Field::of).collect(),
        ItemKind::Choice { variants, .. } => variants
            .iter()
            .flat_map(|variant| match &variant.kind {
                VariantKind::Element(ElementUse { of, .. }) | VariantKind::Group(of) => vec![of],
                VariantKind::Fields(fields) => fields.iter().map(Field::of).collect(),
            })
            .collect(),
        ItemKind::SimpleContent { value, attributes } => {
            std::iter::once(value).chain(attributes.iter().map(|attribute| &attribute.of)).collect()
        }
        ItemKind::Alias(of) => vec![of],
        ItemKind::Text(_) | ItemKind::Number { .. } | ItemKind::Code(_) => Vec::new(),
    }
}

fn reach(modules: &[Module], of: &RustType, found: &mut BTreeSet<RustType>) {
    if of.module.is_some() && found.insert(of.clone()) {
        for part in find(modules, of).map(parts).unwrap_or_default() {
            reach(modules, part, found);
        }
    }
}

/// Gives every root the namespaces of the elements that may stand in it.
fn set_namespaces(modules: &mut [Module]) {
    let mut found = BTreeMap::new();
    for module in modules.iter() {
        for item in &module.items {
            if let ItemKind::Record { root: Some(_), .. } = item.kind {
                let of = RustType { module: Some(module.name.clone()), ident: item.ident.clone() };
                let mut reachable = BTreeSet::new();
                reach(modules, &of, &mut reachable);
                let mut used: BTreeSet<&str> = BTreeSet::new();
                for name in reachable
                    .iter()
                    .filter_map(|of| find(modules, of))
                    .flat_map(|item| element_refs(&item.kind))
                {
                    let declared = modules.iter().find(|module| module.name == name.module);
                    used.extend(declared.map(|module| module.namespace.as_str()));
                }
                used.remove(module.namespace.as_str());
                let first = std::iter::once(module.namespace.as_str());
                let namespaces: Vec<_> = first.chain(used).map(str::to_owned).collect();
                found.insert((module.name.clone(), item.ident.clone()), namespaces);
            }
        }
    }
    for module in modules {
        let name = module.name.clone();
        for item in &mut module.items {
            if let ItemKind::Record { root: Some(root), .. } = &mut item.kind {
                let found = found.remove(&(name.clone(), item.ident.clone()));
                root.namespaces = found.unwrap_or_default();
            }
        }
    }
}

/// The elements that an item names itself.
fn element_refs(kind: &ItemKind) -> Vec<&ElementRef> {
    fn of_field(field: &Field) -> Option<&ElementRef> {
        field.element().map(|element| &element.name)
    }
    match kind {
        ItemKind::Record { fields, .. } => fields.iter().filter_map(of_field).collect(),
        ItemKind::Choice { variants, .. } => variants
            .iter()
            .flat_map(|variant| match &variant.kind {
                VariantKind::Element(element) => vec![&element.name],
                VariantKind::Group(_) => Vec::new(),
                VariantKind::Fields(fields) => fields.iter().filter_map(of_field).collect(),
            })
            .collect(),
        _ => Vec::new(),
    }
}
