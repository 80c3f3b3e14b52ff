// A self-signed certificate for a server on loopback.
#pragma once

#include <filesystem>

namespace tapedeck::servers {

// Writes it and its key, of mode 0600, as PEM. For 127.0.0.1 only: no name is in it.
void write_certificate(const std::filesystem::path &certificate, const std::filesystem::path &key);

}  // namespace tapedeck::servers
