//! How large what people write may be. Everything that a pack makes grow has its bound here.

macro_rules! bounds {
    ($( $name:ident: $ty:ty = $most:expr, $what:literal; )+) => {
        $(
            #[doc = concat!("At most: ", $what, ".")]
            pub(crate) const $name: $ty = $most;
        )+

        /// Each bound in words, for the reference.
        #[cfg(test)]
        pub(crate) const ALL: &[(&str, &dyn std::fmt::Display)] = &[$( ($what, &$name) ),+];
    };
}

bounds! {
    PACKS: usize = 2_048, "packs in a book";
    SOURCE: usize = 512 * 1024, "bytes in a pack";
    NAME: usize = 64, "characters of a name";
    PARAMS: usize = 64, "`[param]`, `[set]` and a test's `params`, each";
    RULES: usize = 2_048, "`[[rule]]` and `[[adjust]]`, each";
    LIMITS: usize = 32, "`[[limit]]`";
    BASES: usize = 64, "`[base]`";
    TESTS: usize = 1_024, "`[[test]]`";
    SETTINGS: usize = 64, "different settings of parameters in a pack's tests";
    NAMED: usize = 32, "rules in `fired` and in `silent`, each";
    BESIDE: usize = 8, "rules in `beside`";
    SHORT: usize = 64, "rules in `short`";
    WHY: usize = 200, "characters of a reason in `short`";
    CONDITION: usize = 2_000, "characters of a condition";
    DEPTH: u16 = 24, "nesting of a condition";
    LIST: usize = 64, "values after `in`";
    COUNT: u32 = 1_000_000, "a limit's count and burst";
    LISTED: usize = 100, "errors that are listed for a pack, and warnings";
    REASONS: usize = 1_024, "reasons in the catalogue";
    REASON_TEXT: usize = 200, "characters of a reason's text";
}
