// Opening: what is refused, and whether the refusal says what to do.
#include "test_store.hpp"

namespace tapedeck::postgres {
namespace {
TEST(X, Y) {
  TestSchema schema; conformance::FakeHost host;
  try { auto s = open_plugin(schema.options(), host); conformance::Commit c; c.candles = conformance::make_candles(0, 5); c.coverage = {conformance::covered(0, 5*conformance::kMinute)};
    auto d = s.commit(c); std::printf("commit %d %s\n", d.status, d.message.c_str());
    auto q = s.query({}); std::printf("query %d %s\n", q.status, q.message.c_str());
  } catch (const conformance::Refused &r) { std::printf("%d %s\n", r.status, r.message.c_str()); }
}
}
}
