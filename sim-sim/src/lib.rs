//! Virtual SIMs, handsets, carriers, readers, people and attackers over real gRPC
