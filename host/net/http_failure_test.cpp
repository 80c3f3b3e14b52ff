// Everything that can go wrong on the way, and how soon a cancellation is noticed at each stage.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include <future>

#include "net/gzip.hpp"
#include "net/net_test_support.hpp"

using namespace tapedeck;
using namespace tapedeck::testing;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

HttpSettings quick() {
  HttpSettings s;
  s.connect_timeout_ns = 100 * kMs;
  s.idle_timeout_ns = 100 * kMs;
  s.total_timeout_ns = 30 * kSecond;
  s.insecure = true;  // reading the system's CAs takes its time
  s.tries = 1;
  return s;
}

HttpSettings short_in_all() {
  HttpSettings s;
  s.connect_timeout_ns = s.idle_timeout_ns = 30 * kSecond;
  s.total_timeout_ns = 200 * kMs;
  s.tries = 1;
  return s;
}

HttpSettings patient(int tries = 1) {
  HttpSettings s;
  s.connect_timeout_ns = s.idle_timeout_ns = s.total_timeout_ns = 30 * kSecond;
  s.tries = tries;
  return s;
}

std::string gzipped(std::string_view text) {
  z_stream z{};
  deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&z, text.size()) + 64, '\0');
  z.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(text.data()));
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef *>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  deflate(&z, Z_FINISH);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

std::uint16_t closed_port() {
  const ScriptedServer gone({});
  return gone.port();
}

}  // namespace

TEST(HttpTimeout, IdleServer) {
  ScriptedServer server({[](Peer &p) { p.hang(); }});
  Rig rig(quick());
  const Outcome o = rig.get(server.url("/x?apikey=hidden"));
  EXPECT_EQ(o.status, TDK_TIMEOUT);
  EXPECT_EQ(o.text, "GET " + server.url("/x?apikey=***") +
                        ": timed out waiting for the answer (100 ms); check the network, or allow longer time-outs");
}

TEST(HttpTimeout, IdleInTheMiddleOfTheBody) {
  ScriptedServer server({[](Peer &p) {
    p.read_head();
    p.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
    p.hang();
  }});
  Rig rig(quick());
  EXPECT_THAT(rig.get(server.url()).text, HasSubstr("timed out reading the body (100 ms)"));
}

TEST(HttpTimeout, TotalWhenTheBodyDrips) {
  ScriptedServer server({[](Peer &p) {
    p.read_head();
    p.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    p.drip('x');
  }});
  Rig rig(short_in_all());
  const Outcome o = rig.get(server.url());
  EXPECT_EQ(o.status, TDK_TIMEOUT);
  EXPECT_THAT(o.text, HasSubstr("timed out reading the body (200 ms in all)"));
}

TEST(HttpTimeout, TotalWhenTheHeadDrips) {
  ScriptedServer server({[](Peer &p) {
    p.read_head();
    p.send("HTTP/1.1 200 OK\r\nX: ");
    p.drip('x');
  }});
  Rig rig(short_in_all());
  EXPECT_EQ(rig.get(server.url()).status, TDK_TIMEOUT);
}

TEST(HttpTimeout, RequestsOwnLimitWins) {
  ScriptedServer server({[](Peer &p) { p.hang(); }});
  Rig rig(patient());
  rig.request.timeout_ns = 50 * kMs;
  EXPECT_THAT(rig.get(server.url()).text, HasSubstr("(50 ms in all)"));
}

TEST(HttpTimeout, NameServerHangs) {
  HttpSettings s = quick();
  auto release = std::make_shared<std::promise<void>>();
  s.look_up = [f = release->get_future().share()](const std::string &) {
    f.wait();
    return std::vector<std::string>{};
  };
  Rig rig(std::move(s));
  EXPECT_THAT(rig.get("https://vendor.example/").text, HasSubstr("timed out looking up the host name (100 ms)"));
  release->set_value();
}

TEST(HttpTimeout, TlsHandshakeHangs) {
  ScriptedServer server({[](Peer &p) { p.hang(); }});
  Rig rig(quick());
  EXPECT_THAT(rig.get("https://127.0.0.1:" + std::to_string(server.port())).text,
              HasSubstr("timed out shaking hands by TLS (100 ms)"));
}

TEST(HttpTimeout, CallersDeadline) {
  ScriptedServer server({[](Peer &p) { p.hang(); }});
  Rig rig(patient(3));
  CancelSource source;
  CancelToken token(source, 50 * kMs);
  const Outcome o = rig.get(server.url(), nullptr, token.raw());
  EXPECT_EQ(o.status, TDK_TIMEOUT);
  EXPECT_THAT(o.text, HasSubstr("the caller's time is up"));
  EXPECT_EQ(server.accepted(), 1);
}

TEST(HttpCancel, WhileLookingUpTheName) {
  Canceller canceller;
  auto release = std::make_shared<std::promise<void>>();
  HttpSettings s = patient();
  s.look_up = [&canceller, f = release->get_future().share()](const std::string &) {
    canceller.ready();
    f.wait();
    return std::vector<std::string>{};
  };
  Rig rig(std::move(s));
  EXPECT_EQ(rig.get("https://vendor.example/", nullptr, canceller.token()).status, TDK_CANCELLED);
  EXPECT_LT(canceller.ms_since_cancel(), 1000);
  release->set_value();
}

TEST(HttpCancel, WhileConnecting) {
  // A listener whose queue is full leaves further connections waiting.
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof name;
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr *>(&name), size), 0);
  ASSERT_EQ(::listen(listener, 0), 0);
  getsockname(listener, reinterpret_cast<sockaddr *>(&name), &size);
  std::vector<int> fillers;
  for (int i = 0; i < 4; ++i) {
    fillers.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    [[maybe_unused]] const int rc = ::connect(fillers.back(), reinterpret_cast<sockaddr *>(&name), size);
  }
  Canceller canceller;
  HttpSettings s = patient();
  s.look_up = [&](const std::string &) {
    canceller.ready();
    return std::vector<std::string>{"127.0.0.1"};
  };
  Rig rig(std::move(s));
  const std::string port = std::to_string(ntohs(name.sin_port));
  EXPECT_EQ(rig.get("https://vendor.example:" + port, nullptr, canceller.token()).status, TDK_CANCELLED);
  EXPECT_LT(canceller.ms_since_cancel(), 1000);
  for (const int fd : fillers) ::close(fd);
  ::close(listener);
}

TEST(HttpCancel, WhileShakingHands) {
  Canceller canceller;
  ScriptedServer server({[&](Peer &p) {
    p.read_exactly(5);  // the client's hello has begun
    canceller.ready();
    p.hang();
  }});
  Rig rig(patient());
  const std::string url = "https://127.0.0.1:" + std::to_string(server.port());
  EXPECT_EQ(rig.get(url, nullptr, canceller.token()).status, TDK_CANCELLED);
  EXPECT_LT(canceller.ms_since_cancel(), 1000);
}

TEST(HttpCancel, WhileWaitingForTheAnswer) {
  Canceller canceller;
  ScriptedServer server({[&](Peer &p) {
    p.read_head();
    canceller.ready();
    p.hang();
  }});
  Rig rig(patient(3));
  const Outcome o = rig.get(server.url(), nullptr, canceller.token());
  EXPECT_EQ(o.status, TDK_CANCELLED);
  EXPECT_THAT(o.text, HasSubstr("cancelled while waiting for the answer"));
  EXPECT_LT(canceller.ms_since_cancel(), 1000);
  EXPECT_EQ(server.accepted(), 1);
}

TEST(HttpCancel, InTheMiddleOfAnEndlessBody) {
  Canceller canceller;
  ScriptedServer server({[&](Peer &p) {
    p.read_head();
    p.send("HTTP/1.1 200 OK\r\nContent-Length: 60000000\r\n\r\nabc");
    canceller.ready();
    p.drip('x');
  }});
  Rig rig(patient());
  EXPECT_EQ(rig.get(server.url(), nullptr, canceller.token()).status, TDK_CANCELLED);
  EXPECT_LT(canceller.ms_since_cancel(), 1000);
}

TEST(HttpCancel, WhileTheAccountIsHeld) {
  Canceller canceller;
  HttpClient client(patient(), system_clock());
  Account account("acme", system_clock());
  account.hold(60 * kSecond, "banned");
  HttpRequest request;
  request.url = "http://127.0.0.1:1/x?token=hidden";
  HttpAnswer answer;
  canceller.ready();
  try {
    client.request(request, &account, canceller.token(), answer);
    FAIL() << "answered";
  } catch (const Error &e) {
    EXPECT_EQ(e.code(), TDK_CANCELLED);
    EXPECT_STREQ(e.what(), "GET http://127.0.0.1:1/x?token=***: cancelled while waiting for the budget of account acme");
  }
  EXPECT_LT(canceller.ms_since_cancel(), 1000);
}

TEST(HttpFailure, RefusedConnectionIsTriedThreeTimes) {
  Rig rig;
  const std::string url = "http://127.0.0.1:" + std::to_string(closed_port()) + "/";
  const Outcome o = rig.get(url + "?api_key=abc");
  EXPECT_EQ(o.status, TDK_UNAVAILABLE);
  EXPECT_EQ(o.text, "GET " + url + "?api_key=***: connection refused (3 tries); check the address, the port and the "
                                   "firewall");
  EXPECT_EQ(rig.client.stats().failures[static_cast<std::size_t>(NetFault::Refused)], 3u);
}

TEST(HttpFailure, UnknownHost) {
  HttpSettings s;
  s.look_up = [](const std::string &) { return std::vector<std::string>{}; };
  Rig rig(std::move(s));
  EXPECT_THAT(rig.get("https://vendor.example/").text, HasSubstr("no such host (3 tries)"));
}

TEST(HttpFailure, SecondAddressIsTriedWhenTheFirstRefuses) {
  ScriptedServer server({[](Peer &p) {
    p.read_head();
    p.answer("ok");
  }});
  HttpSettings s;
  s.plain_http = PlainHttp::Always;
  s.look_up = [](const std::string &) { return std::vector<std::string>{"::1", "127.0.0.1"}; };
  Rig rig(std::move(s));
  EXPECT_EQ(rig.get("http://vendor.example:" + std::to_string(server.port())).text, "");
}

TEST(HttpFailure, TruncatedBodyIsTriedAgainAndThenUnavailable) {
  const Scene cut = [](Peer &p) {
    p.read_head();
    p.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort");
  };
  ScriptedServer server({cut, cut, cut});
  Rig rig;
  const Outcome o = rig.get(server.url());
  EXPECT_EQ(o.status, TDK_UNAVAILABLE);
  EXPECT_THAT(o.text, HasSubstr("the body ended after 5 bytes, too early (3 tries)"));
}

TEST(HttpFailure, TruncatedChunksAreNoWholeBody) {
  ScriptedServer server({[](Peer &p) {
                           p.read_head();
                           p.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nWiki\r\n");
                         },
                         [](Peer &p) {
                           p.read_head();
                           p.answer("whole");
                         }});
  Rig rig;
  EXPECT_EQ(rig.get(server.url()).text, "");
  EXPECT_EQ(rig.answer.body, "whole");
  EXPECT_EQ(rig.answer.tries, 2);
}

TEST(HttpFailure, ResetInTheMiddleOfTheBody) {
  ScriptedServer server({[](Peer &p) {
    p.read_head();
    p.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort");
    p.reset();
  }});
  Rig rig(patient());
  EXPECT_EQ(rig.get(server.url()).status, TDK_UNAVAILABLE);
}

TEST(HttpFailure, NoRetryFlagMeansOneTry) {
  ScriptedServer server({[](Peer &p) { p.reset(); }});
  Rig rig;
  rig.request.flags = TDK_HTTP_NO_RETRY;
  EXPECT_EQ(rig.get(server.url()).status, TDK_UNAVAILABLE);
  EXPECT_EQ(server.accepted(), 1);
}

TEST(HttpFailure, WhatIsNoHttpIsUnavailable) {
  const std::string answers[] = {
      "SSH-2.0-OpenSSH_9.2\r\n\r\n",
      "HTTP/1.1 abc OK\r\n\r\n",
      "HTTP/9.1 200 OK\r\n\r\n",
      "HTTP/1.1 999999 OK\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: magic\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
      "HTTP/1.1 200 OK\r\nX: " + repeated("x", 1'000'000) + "\r\n\r\n",
      "HTTP/1.1 200 OK\r\n" + repeated("X: y\r\n", 6'000) + "\r\n",
      "HTTP/1.1 200 OK\r\nX: y",
      "",
  };
  for (const std::string &answer : answers) {
    ScriptedServer server({[&](Peer &p) {
      p.read_head();
      p.send(answer);
    }});
    Rig rig(patient());
    EXPECT_EQ(rig.get(server.url()).status, TDK_UNAVAILABLE) << answer.substr(0, 60);
  }
}

TEST(HttpBodyLimit, HoldsForEveryWayToEndABody) {
  const std::string body = repeated("x", 1001);
  const std::string answers[] = {
      "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n" + body,
      "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\n" + body,
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" + body + "\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\n\r\n" + body,
      "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzipped(body),
  };
  for (const std::string &answer : answers) {
    ScriptedServer server({[&](Peer &p) {
      p.read_head();
      p.send(answer);
    }});
    HttpSettings s;
    s.body_limit = 1000;
    Rig rig(std::move(s));
    const Outcome o = rig.get(server.url());
    EXPECT_EQ(o.status, TDK_BAD_DATA) << answer.substr(0, 60);
    EXPECT_THAT(o.text, HasSubstr("limit of 1000 bytes"));
    EXPECT_EQ(server.accepted(), 1) << "it would be as long the next time";
  }
}

TEST(HttpGzip, IsDecompressedAndItsHeadersDropped) {
  const std::string body = repeated("{\"price\":\"42000.10\"}", 500'000);
  ScriptedServer server({[&](Peer &p) {
    p.read_head();
    p.answer(gzipped(body), "Content-Encoding: gzip\r\n");
    p.read_head();
    p.answer("plain");
  }});
  Rig rig;
  ASSERT_EQ(rig.get(server.url()).text, "");
  EXPECT_TRUE(rig.answer.body == body);
  EXPECT_EQ(rig.answer.header("Content-Encoding"), "");
  ASSERT_EQ(rig.get(server.url()).text, "");
  EXPECT_EQ(rig.answer.body, "plain");
  EXPECT_EQ(server.accepted(), 1);
}

TEST(HttpGzip, BombIsDefusedBeforeItFillsTheMemory) {
  const std::string bomb = gzipped(std::string(100'000'000, '\0'));
  std::string out;
  EXPECT_THROW(gunzip(bomb, 1'000'000, out), NetFailure);
  EXPECT_LE(out.capacity(), 2'100'000u);
}

TEST(HttpGzip, JustTheLimitPasses) {
  std::string out;
  gunzip(gzipped(repeated("x", 70'000)), 70'000, out);
  EXPECT_EQ(out.size(), 70'000u);
  gunzip(gzipped("ab") + gzipped("cd"), 70'000, out);
  EXPECT_EQ(out, "abcd");
}

TEST(HttpGzip, BrokenOrUnknownEncodingIsBadData) {
  const std::string cut = gzipped("hello world").substr(0, 20);
  for (const std::string &extra : {std::string("Content-Encoding: gzip\r\n"), std::string("Content-Encoding: br\r\n")}) {
    ScriptedServer server({[&](Peer &p) {
      p.read_head();
      p.answer(cut, extra);
    }});
    Rig rig;
    EXPECT_EQ(rig.get(server.url()).status, TDK_BAD_DATA) << extra;
  }
}

TEST(HttpSecrets, NeverAppearInErrors) {
  Rig rig;
  rig.request.secrets = {"s3cr/t", "s3cr/t-longer", ""};
  rig.request.headers = {{"X-Key", "s3cr/t"}};
  const std::string base = "http://127.0.0.1:" + std::to_string(closed_port());
  for (const char *path : {"/s3cr/t/x", "/x?k=s3cr%2Ft-longer", "/x?k=s3cr%2ft&apikey=other"}) {
    Account account("acme", rig.clock);
    const Outcome o = rig.get(base + path, &account);
    EXPECT_THAT(o.text, Not(HasSubstr("s3cr")));
    EXPECT_THAT(o.text, Not(HasSubstr("longer")));
    EXPECT_THAT(o.text, Not(HasSubstr("other")));
    EXPECT_THAT(account.snapshot().last_error, Not(HasSubstr("s3cr")));
    EXPECT_THAT(account.snapshot().last_error, HasSubstr("connection refused"));
  }
}
