// The scripted host keeps its word: what plugins' tests conclude from it rests on this.
#include "kit/testing/calls.hpp"
#include "kit/testing/fake_host.hpp"

#include <tapedeck/layer/connections.hpp>

#include <gmock/gmock.h>

namespace kit::test {
namespace {

using testing::ElementsAre;

constexpr std::int64_t kSecond = 1'000'000'000;

TEST(FakeHost, NotesWhatARequestCostsAndCarries) {
  FakeHost host;
  host.answer = [](const std::string &) { return Answer{200, "hello", {{"A", "b"}}, TDK_OK}; };
  const tapedeck::Host h(host.host());
  const tdk_cost cost{h.define_budget("calls", TDK_BUDGET_FIXED, 8, 60 * kSecond), 3};
  const tdk_kv sent{tapedeck::str("Authorization"), tapedeck::str("apikey x")};
  tdk_http_request rq{};
  rq.struct_size = sizeof rq;
  rq.method = tapedeck::str("GET");
  rq.url = tapedeck::str("http://v/a?x=1&y=2");
  rq.headers = &sent;
  rq.header_count = 1;
  rq.costs = &cost;
  rq.cost_count = 1;
  std::string body;
  h.http(rq, tapedeck::Cancel(nullptr), [&](const tdk_http_response &r) {
    body = tapedeck::sv({reinterpret_cast<const char *>(r.body.data), r.body.size});
    EXPECT_EQ(tapedeck::header(r, "a"), "b");
  });
  EXPECT_EQ(body, "hello");
  ASSERT_EQ(host.requests.size(), 1U);
  EXPECT_EQ(host.requests[0].costs.at("calls"), 3U);
  EXPECT_EQ(header(host.requests[0], "Authorization"), "apikey x");
  EXPECT_EQ(parameter(host.requests[0].url, "y"), "2");
  EXPECT_EQ(parameter(host.requests[0].url, "z"), "");
}

TEST(FakeHost, AnAnswerThatFailsIsAnError) {
  FakeHost host;
  host.answer = [](const std::string &) { return Answer{0, "", {}, TDK_UNAVAILABLE}; };
  EXPECT_THROW(tapedeck::Host(host.host()).get("http://v/", tapedeck::Cancel(nullptr)),
               tapedeck::Error);
}

TEST(FakeLines, SayWhatTheTestPutsInAndEnd) {
  FakeHost host;
  host.lines.say("one");
  host.lines.say("two");
  host.lines.idle_rounds = 2;
  tapedeck::LineConnection lines(tapedeck::Host(host.host()), {"http://v/stream"},
                                 tapedeck::Cancel(nullptr));
  std::vector<std::string> seen;
  const auto take = [&](std::string_view line) { seen.emplace_back(line); };
  const std::int64_t before = host.socket.now_ns;
  EXPECT_EQ(lines.receive(kSecond, tapedeck::Cancel(nullptr), take), 2U);
  EXPECT_EQ(lines.receive(kSecond, tapedeck::Cancel(nullptr), take), 0U);
  EXPECT_EQ(host.socket.now_ns, before + kSecond) << "waiting is what lets time pass";
  lines.receive(kSecond, tapedeck::Cancel(nullptr), take);
  EXPECT_THROW(lines.receive(kSecond, tapedeck::Cancel(nullptr), take), tapedeck::Error);
  EXPECT_THAT(seen, ElementsAre("one", "two"));
}

TEST(FakeLines, AnAnswerThatIsNoSuccessHasNoLines) {
  FakeHost host;
  host.lines.on_open = [](const std::string &) { return 401; };
  const tapedeck::LineConnection lines(tapedeck::Host(host.host()), {"http://v/stream"},
                                       tapedeck::Cancel(nullptr));
  EXPECT_EQ(lines.status(), 401);
  EXPECT_EQ(host.lines.opened, 0);
}

TEST(FakeSocket, RefusesAsTheHostTellsIt) {
  FakeHost host;
  host.socket.refuses = TDK_UNAUTHENTICATED;
  host.socket.refuses_with_http = 401;
  try {
    const tapedeck::WebSocketConnection ws(tapedeck::Host(host.host()), {"ws://v/"},
                                           tapedeck::Cancel(nullptr));
    FAIL() << "it opened";
  } catch (const tapedeck::Error &e) {
    EXPECT_EQ(e.code(), TDK_UNAUTHENTICATED);
    EXPECT_EQ(e.upstream(), 401);
  }
}

}  // namespace
}  // namespace kit::test
