// Bytes as a segment of the spool, and as the payload of a record.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "live/spool_record.hpp"
#include "live/spool_segment.hpp"

namespace {

// What is decoded can be written, and says the same when it is read again.
void decode(std::string_view payload) {
  const auto batch = tapedeck::decode_batch(payload);
  if (!batch) return;
  const std::string again = tapedeck::encode_batch(*batch);
  const auto twice = tapedeck::decode_batch(again);
  if (!twice || tapedeck::encode_batch(*twice) != again) std::abort();
}

void read_segment(int file, std::uint64_t size) {
  using State = tapedeck::RecordRead::State;
  if (tapedeck::check_head(file, size) != tapedeck::HeadState::Fine) return;
  std::string payload;
  for (std::uint64_t at = tapedeck::kSegmentHead;;) {
    const auto found = tapedeck::read_record(file, size, at, payload);
    if (found.state == State::Record) decode(payload);
    if (found.state != State::Record && found.state != State::Damaged) return;
    if (found.next <= at || found.next > size) std::abort();
    at = found.next;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char *>(data), size);
  decode(bytes);
  static const int file = memfd_create("segment", MFD_CLOEXEC);
  if (ftruncate(file, static_cast<off_t>(size)) != 0 ||
      pwrite(file, data, size, 0) != static_cast<ssize_t>(size))
    std::abort();
  read_segment(file, size);
  return 0;
}
