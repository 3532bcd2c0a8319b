use std::str::FromStr;

/// Where PINs come from. Never from an argument: others could see it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PinFrom {
    /// The terminal that the agent was started at; what is typed is not shown.
    #[default]
    Terminal,
    /// A host program, by standard input.
    Stdin,
    /// A host program, by a pipe of this number that it left open.
    Descriptor(u16),
    /// No PIN is asked for.
    Never,
}

impl FromStr for PinFrom {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            None if text == "terminal" => Ok(Self::Terminal),
            None if text == "stdin" => Ok(Self::Stdin),
            None if text == "never" => Ok(Self::Never),
            Some(("fd", number)) => number
                .parse()
                .map(Self::Descriptor)
                .map_err(|_| format!("`{number}` is no number of a file descriptor")),
            // What was written may be a PIN.
            _ => Err("a PIN comes from `terminal`, `stdin`, `fd:N` or `never`".to_owned()),
        }
    }
}
