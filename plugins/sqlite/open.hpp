// From the options to an open, checked and migrated database.
#pragma once

#include "database.hpp"
#include "settings.hpp"

namespace tapedeck::sqlite {

// Sizes chosen by measurement: see README.md, "Speed".
inline constexpr int kPageSize = 4096;
inline constexpr std::int64_t kWalSoftPages = 2048;         // 8 MiB: copied back after a commit
inline constexpr std::int64_t kWalHardPages = 16384;        // 64 MiB: readers are waited for
inline constexpr std::int64_t kWalLimitBytes = 64LL << 20;  // what of it stays on disk
inline constexpr std::uint64_t kCheckAlwaysBelow = 256ULL << 20;

Database open_store(const Settings &settings, const Host &host);

}  // namespace tapedeck::sqlite
