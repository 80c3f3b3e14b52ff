#include "net/net_failure.hpp"

#include <array>

namespace tapedeck {
namespace {

struct FaultFacts {
  const char *name;
  tdk_status status;
  bool transient;
  const char *advice;
};

// A refused certificate, an oversized body and a broken encoding come back the same every time.
constexpr std::array<FaultFacts, kNetFaults> kFacts = {{
    {"cancelled", TDK_CANCELLED, false, ""},
    {"caller_timeout", TDK_TIMEOUT, false, "allow the request more time"},
    {"timeout", TDK_TIMEOUT, true, "check the network, or allow longer time-outs"},
    {"dns", TDK_UNAVAILABLE, true, "check the host name and the name server"},
    {"connection_refused", TDK_UNAVAILABLE, true, "check the address, the port and the firewall"},
    {"connection_reset", TDK_UNAVAILABLE, true, "the vendor or a device on the way broke it off; try later"},
    {"proxy", TDK_UNAVAILABLE, false, "check HTTPS_PROXY, http_proxy and NO_PROXY"},
    {"tls", TDK_UNAVAILABLE, false, "check the host name and the certificate, or name its CA in ca_file"},
    {"protocol", TDK_UNAVAILABLE, true, "check that the address is that of an HTTP server"},
    {"too_large", TDK_BAD_DATA, false, "ask for less at once, or raise the body limit"},
    {"bad_encoding", TDK_BAD_DATA, false, "report it to the vendor"},
}};

const FaultFacts &facts(NetFault fault) noexcept { return kFacts[static_cast<std::size_t>(fault)]; }

}  // namespace

const char *fault_name(NetFault fault) noexcept { return facts(fault).name; }
tdk_status fault_status(NetFault fault) noexcept { return facts(fault).status; }
bool fault_is_transient(NetFault fault) noexcept { return facts(fault).transient; }
const char *fault_advice(NetFault fault) noexcept { return facts(fault).advice; }

}  // namespace tapedeck
