// A provider with one fault, chosen when it is compiled; without one it is sound.
#include <tapedeck/plugin.hpp>

#include <cstdlib>

#include <unistd.h>

namespace {

class Misdeed {
 public:
  static constexpr tdk_descriptor descriptor =
      tapedeck::describe(MISDEED_ID, "Misdeed", "1.0.0", tapedeck::provider_iids);
  Misdeed(tapedeck::Host, tapedeck::Config) {}

  void fetch_candles(const tapedeck::CandleRequest &rq, tapedeck::CandleWriter &out,
                     const tapedeck::Cancel &) {
#if defined(EXITS)
    std::exit(3);
#elif defined(HANGS)
    for (;;) pause();
#elif defined(CHATTERS)
    const char noise[] = "{\"refused\":\"noise\",\"stage\":\"noise\"}\n";
    for (int fd = 1; fd < 10; ++fd)
      if (write(fd, noise, sizeof noise - 1) < 0) continue;
    if (read(0, nullptr, 0) < 0) std::abort();
#endif
    out.push(rq.from, 1, 1, 1, 1);
  }
};

#if defined(CRASHES)
struct Boom {
  Boom() { std::abort(); }
} boom;
#endif

}  // namespace

TDK_PLUGINS(Misdeed)
