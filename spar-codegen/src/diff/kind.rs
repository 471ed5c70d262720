//! What a change means for readers, for writers and for the crates.

use std::fmt;

/// What was done to the schemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// A namespace that was not there.
    ComponentAdded,
    /// A namespace that is gone.
    ComponentRemoved,
    /// A component got another version, and with it another namespace.
    VersionStep,
    /// A global element, type or group that was not there. Where it is used is a change of its own.
    DeclarationAdded,
    /// A global element or group that is gone.
    DeclarationRemoved,
    /// A type that is gone.
    TypeRemoved,
    /// A declaration of the same content under another name.
    DeclarationRenamed,
    /// An element that may be absent.
    OptionalElementAdded,
    /// An element that must be there.
    RequiredElementAdded,
    /// An element that could be absent.
    OptionalElementRemoved,
    /// An element that had to be there.
    RequiredElementRemoved,
    /// Another name in the same place, for the same type.
    ElementRenamed,
    /// Another type, or another built-in type below it.
    TypeChanged,
    /// May be absent, or occur more often, where it could not before.
    OccursWidened,
    /// Must be there, or may occur less often, where it was otherwise before.
    OccursNarrowed,
    /// Both at once.
    OccursChanged,
    /// The elements of a sequence stand in another order.
    OrderChanged,
    /// A choice allows what it did not.
    AlternativeAdded,
    /// A choice does not allow what it did.
    AlternativeRemoved,
    /// Values are allowed that were not.
    FacetWidened,
    /// Values that were allowed are not.
    FacetNarrowed,
    /// A pattern was replaced: which values it allows now cannot be told.
    PatternChanged,
    /// A value of an enumeration that was not there.
    ValueAdded,
    /// A value of an enumeration that is gone.
    ValueRemoved,
    /// An attribute that was not there.
    AttributeAdded,
    /// An attribute that is gone.
    AttributeRemoved,
    /// An attribute of another type or use.
    AttributeChanged,
    /// An operation that was not there.
    OperationAdded,
    /// An operation that is gone.
    OperationRemoved,
    /// The header by which a server tells operations apart.
    SoapActionChanged,
    /// Other messages, or another service.
    OperationChanged,
    /// Something else that is stated differently.
    Other,
}

/// What a change means for one side of the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Nothing: documents are as before.
    WireCompatible,
    /// Documents may hold more than before.
    Additive,
    /// Documents that were right are not, or mean something else.
    Breaking,
}

/// What a change of the schemas asks of the version of a crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bump {
    /// Nothing that a caller sees at compile time.
    Patch,
    /// More than before.
    Minor,
    /// Code of callers may cease to compile. Before 1.0.0 that is the second number of the version.
    Major,
}

impl Kind {
    /// What the change means for whoever reads documents of the new schema with code made for the old.
    ///
    /// Tolerant reading goes further than this: it skips what is unknown and takes any order.
    #[must_use]
    pub fn readers(self) -> Effect {
        use Kind::*;
        match self {
            DeclarationAdded
            | DeclarationRemoved
            | TypeRemoved
            | DeclarationRenamed
            | OptionalElementRemoved
            | OccursNarrowed
            | AlternativeRemoved
            | FacetNarrowed
            | ValueRemoved
            | OperationAdded
            | AttributeRemoved => Effect::WireCompatible,
            ComponentAdded | OptionalElementAdded | RequiredElementAdded | AlternativeAdded
            | FacetWidened | ValueAdded | AttributeAdded => Effect::Additive,
            ComponentRemoved
            | VersionStep
            | RequiredElementRemoved
            | ElementRenamed
            | TypeChanged
            | OccursWidened
            | OccursChanged
            | OrderChanged
            | PatternChanged
            | AttributeChanged
            | OperationRemoved
            | SoapActionChanged
            | OperationChanged
            | Other => Effect::Breaking,
        }
    }

    /// What the change means for whoever writes documents by the old schema for readers of the new.
    #[must_use]
    pub fn writers(self) -> Effect {
        use Kind::*;
        match self {
            DeclarationAdded | DeclarationRemoved | TypeRemoved | DeclarationRenamed => {
                Effect::WireCompatible
            }
            ComponentAdded | OptionalElementAdded | OccursWidened | AlternativeAdded
            | FacetWidened | ValueAdded | OperationAdded | AttributeAdded => Effect::Additive,
            ComponentRemoved
            | VersionStep
            | RequiredElementAdded
            | OptionalElementRemoved
            | RequiredElementRemoved
            | ElementRenamed
            | TypeChanged
            | OccursNarrowed
            | OccursChanged
            | OrderChanged
            | AlternativeRemoved
            | FacetNarrowed
            | PatternChanged
            | ValueRemoved
            | AttributeRemoved
            | AttributeChanged
            | OperationRemoved
            | SoapActionChanged
            | OperationChanged
            | Other => Effect::Breaking,
        }
    }

    /// What the change asks of `spar-types`, if it happens within one version of the interface.
    ///
    /// Records are non-exhaustive, so a field more breaks nobody; codes and choices are open. What must be
    /// given to `new` and what a field's type is are promises.
    #[must_use]
    pub fn types(self) -> Bump {
        use Kind::*;
        match self {
            SoapActionChanged | OperationAdded | OperationRemoved | OperationChanged => Bump::Patch,
            ComponentAdded | DeclarationAdded | OptionalElementAdded | AlternativeAdded
            | FacetWidened | FacetNarrowed | PatternChanged | ValueAdded | AttributeAdded => {
                Bump::Minor
            }
            _ => Bump::Major,
        }
    }

    /// What the change asks of `spar-soap` beside what its use of `spar-types` does.
    #[must_use]
    pub fn soap(self) -> Bump {
        match self {
            Self::OperationAdded => Bump::Minor,
            Self::OperationRemoved | Self::OperationChanged => Bump::Major,
            _ => Bump::Patch,
        }
    }

    /// The change in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        use Kind::*;
        match self {
            ComponentAdded => "component added",
            ComponentRemoved => "component removed",
            VersionStep => "namespace version",
            DeclarationAdded => "declaration added",
            DeclarationRemoved => "declaration removed",
            TypeRemoved => "type removed",
            DeclarationRenamed => "declaration renamed",
            OptionalElementAdded => "optional element added",
            RequiredElementAdded => "required element added",
            OptionalElementRemoved => "optional element removed",
            RequiredElementRemoved => "required element removed",
            ElementRenamed => "element renamed",
            TypeChanged => "type changed",
            OccursWidened => "cardinality widened",
            OccursNarrowed => "cardinality narrowed",
            OccursChanged => "cardinality changed",
            OrderChanged => "order changed",
            AlternativeAdded => "alternative added",
            AlternativeRemoved => "alternative removed",
            FacetWidened => "facet widened",
            FacetNarrowed => "facet narrowed",
            PatternChanged => "pattern changed",
            ValueAdded => "value added",
            ValueRemoved => "value removed",
            AttributeAdded => "attribute added",
            AttributeRemoved => "attribute removed",
            AttributeChanged => "attribute changed",
            OperationAdded => "operation added",
            OperationRemoved => "operation removed",
            SoapActionChanged => "SOAPAction changed",
            OperationChanged => "operation changed",
            Other => "stated otherwise",
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::WireCompatible => "wire-compatible",
            Self::Additive => "additive",
            Self::Breaking => "breaking",
        })
    }
}

impl fmt::Display for Bump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        })
    }
}
