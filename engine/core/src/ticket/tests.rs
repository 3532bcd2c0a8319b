mod code;
mod machine;
