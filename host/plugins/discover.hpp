// Which files could be plugins, and which of them may be trusted at all.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tapedeck {

// In order of preference: the directory that belongs to this executable (../lib/tapedeck/plugins),
// TAPEDECK_PLUGIN_PATH (colons between), then `given`. Each once, also when missing.
std::vector<std::filesystem::path> plugin_directories(
    const std::vector<std::filesystem::path> &given);

// The *.so files right in the directory, by name; none when it does not exist. Links are resolved.
std::vector<std::filesystem::path> plugin_files(const std::filesystem::path &directory);

// Why the file must not be loaded by this user, whatever is in it; empty: it may.
// Anyone who can write it runs code as us.
std::string distrust(const std::filesystem::path &file);

}  // namespace tapedeck
