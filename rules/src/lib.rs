//! Facts schema, rule language, layers, compiler and evaluation; pure
