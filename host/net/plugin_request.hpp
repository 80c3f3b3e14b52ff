// What a plugin hands over with a call, made safe: wrong sizes, NULL and absurd lengths end in
// Error(TDK_INVALID_ARGUMENT). Shared by the tables of host/net.
#pragma once

#include <tapedeck/abi.h>

#include <string_view>

#include "net/http_client.hpp"

namespace tapedeck {

[[noreturn]] void refuse_call(const char *what);
// `what` is said of a text that is NULL or over 16 KiB.
std::string_view plugin_text(tdk_str text, const char *what);
void check_cancel(const tdk_cancel *cancel);
// `out.body` points into the plugin's memory.
void read_plugin_request(const tdk_http_request *rq, HttpRequest &out);

}  // namespace tapedeck
