// When the client tries again, and how long it waits before.
#include "net/net_test_support.hpp"
#include "net/retry.hpp"

using namespace tapedeck;
using namespace tapedeck::testing;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::Le;

namespace {

// Answers one request after the other with these status lines and headers, then with 200.
Scene answers(std::vector<std::string> heads) {
  return [heads = std::move(heads)](Peer &p) {
    for (const auto &head : heads) {
      p.read_head();
      p.send("HTTP/1.1 " + head + "\r\nContent-Length: 2\r\n\r\nno");
    }
    for (std::string head = p.read_head(); !head.empty(); head = p.read_head()) p.answer("ok");
  };
}

}  // namespace

TEST(HttpRetry, ServerErrorsBackOffExponentiallyWithJitter) {
  ScriptedServer server({answers({"500 A", "502 B"})});
  Rig rig;
  ASSERT_EQ(rig.get(server.url()).text, "");
  EXPECT_EQ(rig.answer.status, 200);
  EXPECT_EQ(rig.answer.tries, 3);
  EXPECT_THAT(rig.clock.slept(), ElementsAre(AllOf(Ge(250 * kMs), Le(500 * kMs)), AllOf(Ge(500 * kMs), Le(kSecond))));
}

TEST(HttpRetry, SameSeedSameWaits) {
  Backoff a(7, kSecond, 10 * kSecond), b(7, kSecond, 10 * kSecond), c(8, kSecond, 10 * kSecond);
  bool differs = false;
  for (int i = 1; i < 20; ++i) {
    const std::int64_t wait = a.after(i);
    EXPECT_EQ(wait, b.after(i));
    EXPECT_THAT(wait, AllOf(Ge(kSecond / 2), Le(10 * kSecond)));
    differs = differs || wait != c.after(i);
  }
  EXPECT_TRUE(differs);
}

TEST(HttpRetry, LastAnswerIsReturnedWhateverItsStatus) {
  ScriptedServer server({answers({"500 A", "500 B", "503 C"})});
  Rig rig;
  ASSERT_EQ(rig.get(server.url()).text, "");
  EXPECT_EQ(rig.answer.status, 503);
  EXPECT_EQ(rig.answer.body, "no");
  EXPECT_EQ(rig.client.stats().retries, 2u);
}

TEST(HttpRetry, PostAndTheFlagMeanOneTry) {
  ScriptedServer server({answers({"500 A", "500 B"})});
  Rig rig;
  rig.request.method = "POST";
  ASSERT_EQ(rig.get(server.url()).text, "");
  EXPECT_EQ(rig.answer.tries, 1);
  rig.request.method = "GET";
  rig.request.flags = TDK_HTTP_NO_RETRY;
  ASSERT_EQ(rig.get(server.url()).text, "");
  EXPECT_EQ(rig.answer.status, 500);
  EXPECT_EQ(rig.answer.tries, 1);
}

TEST(HttpRetry, RetryAfterInSecondsHoldsTheAccount) {
  ScriptedServer server({answers({"429 Slow\r\nRetry-After: 30"})});
  Rig rig;
  Account account("acme", rig.clock);
  ASSERT_EQ(rig.get(server.url(), &account).text, "");
  EXPECT_EQ(rig.answer.status, 200);
  EXPECT_EQ(rig.answer.waited_ns, 30 * kSecond);
  EXPECT_EQ(rig.clock.monotonic_ns(), 30 * kSecond);
}

TEST(HttpRetry, RetryAfterAsADateHoldsTheAccount) {
  ScriptedServer server({answers({"503 Busy\r\nRetry-After: Tue, 14 Nov 2023 22:14:00 GMT"})});
  Rig rig;  // the clock stands at 22:13:20
  Account account("acme", rig.clock);
  ASSERT_EQ(rig.get(server.url(), &account).text, "");
  EXPECT_EQ(rig.answer.waited_ns, 40 * kSecond);
}

TEST(HttpRetry, TooLongAWaitGivesTheAnswerAndKeepsTheHold) {
  ScriptedServer server({answers({"418 Banned\r\nRetry-After: 259200"})});
  Rig rig;
  Account account("acme", rig.clock);
  ASSERT_EQ(rig.get(server.url(), &account).text, "");
  EXPECT_EQ(rig.answer.status, 418);
  EXPECT_EQ(account.snapshot().hold_until_ns, rig.clock.now_ns() + 259'200 * kSecond);
  EXPECT_EQ(account.snapshot().hold_reason, "status 418 from 127.0.0.1");
}

TEST(HttpRetry, RefusalWithoutATimeHoldsLongerEachTime) {
  ScriptedServer server({answers({"429 A", "429 B"})});
  Rig rig;
  Account account("acme", rig.clock);
  ASSERT_EQ(rig.get(server.url(), &account).text, "");
  EXPECT_EQ(rig.answer.status, 200);
  EXPECT_EQ(rig.answer.waited_ns, (2 + 4) * kSecond);
}

TEST(HttpRetry, RefusedPostIsNotRepeatedButHoldsTheAccount) {
  ScriptedServer server({answers({"429 A\r\nRetry-After: 5"})});
  Rig rig;
  Account account("acme", rig.clock);
  rig.request.method = "POST";
  ASSERT_EQ(rig.get(server.url(), &account).text, "");
  EXPECT_EQ(rig.answer.status, 429);
  EXPECT_GT(account.snapshot().hold_until_ns, 0);
}

TEST(HttpRetry, WithoutAnAccountTheRequestItselfWaits) {
  ScriptedServer server({answers({"429 A\r\nRetry-After: 5", "429 B\r\nRetry-After: 0"})});
  Rig rig;
  ASSERT_EQ(rig.get(server.url()).text, "");
  EXPECT_THAT(rig.clock.slept(), ElementsAre(5 * kSecond, AllOf(Ge(500 * kMs), Le(kSecond))));
}

TEST(HttpRetry, CancellationEndsTheBackOff) {
  CancelSource source;
  CancelToken token(source);
  ScriptedServer server({[&](Peer &p) {
    p.read_head();
    p.send("HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n");
    p.hang();
  }});
  HttpSettings settings;
  settings.backoff_first_ns = settings.backoff_longest_ns = 3600 * kSecond;
  HttpClient client(settings, system_clock());
  std::jthread canceller([&] {
    while (client.stats().retries == 0) std::this_thread::yield();
    source.cancel();
  });
  HttpRequest request;
  request.url = server.url();
  HttpAnswer answer;
  try {
    client.request(request, nullptr, token.raw(), answer);
    FAIL() << "answered";
  } catch (const Error &e) {
    EXPECT_EQ(e.code(), TDK_CANCELLED);
    EXPECT_THAT(e.what(), HasSubstr("cancelled before the next try"));
  }
}

TEST(RetryAfter, ReadsSecondsAndAllThreeDates) {
  const std::int64_t now = 784'111'767 * kSecond;  // ten seconds before the date of RFC 9110
  EXPECT_EQ(parse_retry_after("120", now), 120 * kSecond);
  EXPECT_EQ(parse_retry_after(" 0 ", now), 0);
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now), 10 * kSecond);
  EXPECT_EQ(parse_retry_after("Sunday, 06-Nov-94 08:49:37 GMT", now), 10 * kSecond);
  EXPECT_EQ(parse_retry_after("Sun Nov  6 08:49:37 1994", now), 10 * kSecond);
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:07 GMT", now), 0) << "past";
  EXPECT_EQ(parse_retry_after("99999999999999999999", now), 366 * 86'400 * kSecond);
  for (const char *bad : {"", "-5", "1.5", "soon", "Sun, 06 Nov 1994"})
    EXPECT_EQ(parse_retry_after(bad, now), std::nullopt) << bad;
}
