// One recorded connection, played as if it were one.
#pragma once

#include <filesystem>
#include <memory>

#include "base/clock.hpp"
#include "net/line_stream.hpp"
#include "net/web_socket.hpp"

namespace tapedeck {

// `speed` as TapePlayer has it; messages come as long after the opening as they did. What ended the
// recorded connection ends this one, and the end of the file does with TDK_UNAVAILABLE. Throws Error:
// TDK_IO, TDK_BAD_DATA. Threads: any.
std::unique_ptr<WebSocket> replay_web_socket(const std::filesystem::path &file, double speed, Clock &clock);
std::unique_ptr<LineStream> replay_lines(const std::filesystem::path &file, double speed, Clock &clock);

}  // namespace tapedeck
