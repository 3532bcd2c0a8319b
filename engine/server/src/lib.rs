//! gRPC handlers, configuration, TLS, telemetry, command line
