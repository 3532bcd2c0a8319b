//! The gRPC contract of simbind and its generated code
