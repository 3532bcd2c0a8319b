//! Shared harness of the whole-process tests.
