// The reader of tapes: refuses or reads, and what it has read is written and read again as it was.
#include "net/tape_reader.hpp"

#include <tapedeck/layer/core.hpp>

#include <sstream>

#include "base/utf8.hpp"
#include "fuzz.hpp"

using namespace tapedeck;
using namespace tapedeck::fuzz;

namespace {

// Names of plugins and headers are made printable when they are written, so these may change once.
bool is_stable(const TapeRecord &record) { return record.plugin.empty() && record.headers.empty(); }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  TapeReader reader(std::make_unique<std::istringstream>(std::string(text_of(data, size))), "fuzzed");
  try {
    while (const auto record = reader.next()) {
      std::string line = to_tape_line(*record);
      require(is_utf8(line), "tapes are UTF-8");
      require(!line.empty() && line.find('\n') == line.size() - 1, "a record is one line");
      line.pop_back();
      const TapeRecord again = parse_tape_line(line);
      require(!is_stable(*record) || again == *record, "what is written is read");
    }
  } catch (const Error &e) {
    require(e.code() == TDK_BAD_DATA, "broken tapes are bad data");
  }
  return 0;
}
