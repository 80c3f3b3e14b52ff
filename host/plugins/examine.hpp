// From a file to what the catalogue says of it: trust, lint, verdict.
#pragma once

#include <filesystem>
#include <vector>

#include "plugins/catalog.hpp"
#include "plugins/verdict_cache.hpp"

namespace tapedeck {

enum class Probing { WhenUnknown, Always };

// The plugins of one file, or one refused entry. Takes the verdict from `cache` where it has one,
// and adds what a probe finds. Threads: any.
std::vector<CatalogEntry> examine_file(const std::filesystem::path &file,
                                       const CatalogSettings &settings, VerdictCache &cache,
                                       Probing probing = Probing::WhenUnknown);

// All of them, two at a time, in the order given; the cache is read before and written after.
std::vector<std::vector<CatalogEntry>> examine_files(
    const std::vector<std::filesystem::path> &files, const CatalogSettings &settings,
    Probing probing = Probing::WhenUnknown);

}  // namespace tapedeck
