// The files of host/market/calendars, as they were when the host was built.
#pragma once

#include <string_view>
#include <vector>

namespace tapedeck {

struct CalendarText {
  std::string_view name, text;
};

// In the order in which people are told of them. Threads: any.
const std::vector<CalendarText> &calendar_texts();

}  // namespace tapedeck
