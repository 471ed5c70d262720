//! Behavior of the generated types.
