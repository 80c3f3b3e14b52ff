// One file of the spool: a head with magic and version, then records with checksums.
//
//   head:   "TDKSPOOL", version (u32), checksum of these (u32)
//   record: length (u32), checksum of the length (u32), checksum of the payload (u32), payload
//
// Little endian. The length has a checksum of its own, so that a file that ends too early can be told
// from one that was damaged.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tapedeck {

inline constexpr std::uint32_t kSpoolVersion = 1;
inline constexpr std::uint64_t kSegmentHead = 16;
inline constexpr std::uint64_t kRecordHead = 12;
inline constexpr std::uint64_t kRecordMax = 64ULL << 20;

std::string segment_head(std::uint32_t version = kSpoolVersion);
// The record's head; the payload follows it.
std::string record_head(std::string_view payload);

enum class HeadState { Fine, Torn, Corrupt, UnknownVersion };
HeadState check_head(int fd, std::uint64_t size);

struct RecordRead {
  enum class State {
    Record,   // `payload` is it
    End,
    Torn,     // the file ends before the record does: a writer was killed
    Damaged,  // this payload is not what was written; the next record may be
    Lost,     // nothing can be found from here on
  };
  State state;
  std::uint64_t next;  // where the next one begins
};
// What stands at `offset` of the first `size` bytes. `payload` keeps its memory.
RecordRead read_record(int fd, std::uint64_t size, std::uint64_t offset, std::string &payload);

}  // namespace tapedeck
