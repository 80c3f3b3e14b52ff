// WebSockets against a vendor that plays by a script: shaking hands, receiving, pings, ends.
#include <future>

#include "net/stream_test_support.hpp"

using namespace tapedeck;
using namespace tapedeck::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

HttpSettings patient() {
  HttpSettings s;
  s.connect_timeout_ns = s.idle_timeout_ns = s.total_timeout_ns = 30 * kSecond;
  return s;
}

Scene refusing(std::string answer) {
  return [answer = std::move(answer)](Peer &p) {
    p.read_head();
    p.send(answer);
    p.hang();
  };
}

std::string ws_url(const ScriptedServer &server, const std::string &path = "/ws") {
  return "ws://127.0.0.1:" + std::to_string(server.port()) + path;
}

// What the vendor's scene found out, for the test to look at.
template <class T>
T value_of(std::promise<T> &promise) {
  auto future = promise.get_future();
  if (future.wait_for(std::chrono::seconds(60)) != std::future_status::ready) return T();
  return future.get();
}

}  // namespace

TEST(WebSocketOpen, AsksAsTheStandardSays) {
  std::promise<std::string> head;
  ScriptedServer server({[&](Peer &p) {
    const std::string h = p.read_head();
    head.set_value(h);
    p.send(upgrade_answer(h));
    p.hang();
  }});
  StreamRig rig(patient());
  rig.request.headers = {{"X-Key", "k"}};
  ASSERT_EQ(rig.open(ws_url(server, "/stream?streams=a@trade")).text, "");
  const std::string h = value_of(head);
  EXPECT_THAT(h, HasSubstr("GET /stream?streams=a@trade HTTP/1.1\r\nHost: 127.0.0.1:"));
  EXPECT_THAT(h, HasSubstr("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"));
  EXPECT_THAT(h, HasSubstr("\r\nSec-WebSocket-Version: 13\r\n"));
  EXPECT_THAT(h, HasSubstr("\r\nX-Key: k\r\n"));
  EXPECT_THAT(h, HasSubstr("\r\nUser-Agent: tapedeck\r\n"));
  EXPECT_THAT(h, Not(HasSubstr("Extensions")));
}

TEST(WebSocketOpen, WrongHandshakesAreRefused) {
  const std::string accept = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ";
  const std::vector<std::tuple<std::string, tdk_status, const char *>> cases = {
      {"HTTP/1.1 101 OK\r\n" + accept + "AAAA\r\n\r\n", TDK_BAD_DATA, "the vendor's Sec-WebSocket-Accept is wrong"},
      {"HTTP/1.1 101 OK\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n", TDK_BAD_DATA, "something else than a WebSocket"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", TDK_BAD_DATA, "did not open a WebSocket (status 200): hello"},
      {"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", TDK_BAD_DATA, "(status 302)"},
      {"HTTP/1.1 401 No\r\nContent-Length: 7\r\n\r\nno key!", TDK_UNAUTHENTICATED, "(status 401): no key!"},
      {"HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nstate\r\n0\r\n\r\n", TDK_PERMISSION_DENIED, "403): state"},
      {"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", TDK_NOT_FOUND, "(status 404)"},
      {"HTTP/1.1 418 Teapot\r\nContent-Length: 0\r\n\r\n", TDK_RATE_LIMITED, "(status 418)"},
      {"HTTP/1.1 502 Bad\r\nContent-Length: 0\r\n\r\n", TDK_UNAVAILABLE, "(status 502)"},
      {"SSH-2.0-OpenSSH_9.2\r\n\r\n", TDK_UNAVAILABLE, "what came is no HTTP answer"},
      {"HTTP/1.1 101 OK\r\nno colon here\r\n\r\n", TDK_UNAVAILABLE, "what came is no HTTP answer"},
      {repeated("X", 40'000), TDK_UNAVAILABLE, "the answer's head has no end"},
  };
  for (const auto &[answer, status, text] : cases) {
    ScriptedServer server({refusing(answer)});
    StreamRig rig(patient());
    const Outcome o = rig.open(ws_url(server));
    EXPECT_EQ(o.status, status) << o.text;
    EXPECT_THAT(o.text, HasSubstr(text));
    EXPECT_THAT(o.text, HasSubstr("GET ws://127.0.0.1:"));
  }
}

TEST(WebSocketOpen, AHeaderMayComeInSeveralLines) {  // RFC 9110, section 5.3
  ScriptedServer server({[](Peer &p) {
    std::string answer = upgrade_answer(p.read_head());
    answer.insert(answer.find("Connection: "), "Connection: keep-alive\r\n");
    p.send(answer);
    p.hang();
  }});
  StreamRig rig(patient());
  EXPECT_EQ(rig.open(ws_url(server)).text, "");
}

TEST(WebSocketOpen, ExtensionThatWasNotOfferedIsRefused) {
  ScriptedServer server({[](Peer &p) {
    p.send(upgrade_answer(p.read_head(), "Sec-WebSocket-Extensions: permessage-deflate\r\n"));
    p.hang();
  }});
  StreamRig rig(patient());
  EXPECT_THAT(rig.open(ws_url(server)).text, HasSubstr("an extension that was not offered"));
}

TEST(WebSocketOpen, RetryAfterHoldsTheAccount) {
  ScriptedServer server({refusing("HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nslow")});
  StreamRig rig(patient());
  Account account("acme", rig.clock);
  rig.account = &account;
  rig.request.url = ws_url(server);
  try {
    rig.client.open_web_socket(rig.request, &account, nullptr);
    FAIL() << "was opened";
  } catch (const Error &e) {
    EXPECT_EQ(e.code(), TDK_RATE_LIMITED);
    EXPECT_EQ(e.retry_after_ms(), 7000);
    EXPECT_EQ(e.upstream(), 429);
  }
  EXPECT_EQ(account.snapshot().hold_until_ns, rig.clock.now_ns() + 7 * kSecond);
  EXPECT_EQ(account.snapshot().last_status, 429);
}

TEST(WebSocketOpen, CostsAreTakenFromTheAccount) {
  ScriptedServer server({upgraded("")});
  StreamRig rig(patient());
  Account account("acme", rig.clock);
  const auto handle = account.define("connections-5m", WindowKind::Sliding, 300, 300 * kSecond);
  rig.account = &account;
  rig.request.costs = {{handle, 3}};
  ASSERT_EQ(rig.open(ws_url(server)).text, "");
  EXPECT_EQ(account.snapshot().budgets.at(0).used, 3u);
  EXPECT_EQ(account.snapshot().budgets.at(0).in_flight, 0u) << "an open stream is no request under way";
}

TEST(WebSocketOpen, WhatTheHostSetsOrForbidsIsInvalid) {
  StreamRig rig(patient());
  EXPECT_EQ(rig.open("ws://vendor.example/ws").status, TDK_INVALID_ARGUMENT) << "plain text to a stranger";
  EXPECT_EQ(rig.open("ftp://vendor.example/ws").status, TDK_INVALID_ARGUMENT);
  rig.request.headers = {{"Sec-WebSocket-Key", "mine"}};
  EXPECT_THAT(rig.open("wss://vendor.example/ws").text, HasSubstr("header Sec-WebSocket-Key is set by the host"));
  rig.request.headers.clear();
  rig.request.method = "POST";
  EXPECT_EQ(rig.open("wss://vendor.example/ws").status, TDK_INVALID_ARGUMENT);
}

TEST(WebSocketOpen, GoesThroughTheProxysTunnel) {
  TestCertificate certificate("vendor.example");
  std::promise<std::string> asked;
  ScriptedServer proxy({[&](Peer &p) {
    asked.set_value(p.read_head());
    p.send("HTTP/1.1 200 Connection established\r\n\r\n");
    if (!p.start_tls(certificate.server_context())) return;
    upgraded(server_text("by tunnel"))(p);
  }});
  HttpSettings s = patient();
  s.ca_file = certificate.pem_file();
  const std::string address = "http://user:pass@127.0.0.1:" + std::to_string(proxy.port());
  s.proxy = ProxyRules::from_environment(
      [&](const char *name) { return std::string_view(name) == "https_proxy" ? address.c_str() : nullptr; });
  StreamRig rig(std::move(s));
  ASSERT_EQ(rig.open("wss://vendor.example/ws").text, "");
  EXPECT_THAT(value_of(asked), HasSubstr("CONNECT vendor.example:443 HTTP/1.1"));
  EXPECT_EQ(rig.receive_all(1).text, "");
  EXPECT_THAT(rig.messages, ElementsAre("by tunnel"));
}

TEST(WebSocketTls, MessagesComeAndGo) {
  TestCertificate certificate("127.0.0.1");
  ScriptedServer server({upgraded([](Peer &p) {
    const std::string big = repeated("0123456789", 300'000);
    p.send(server_text("one") + server_text(big));
    p.send(server_text(ClientFrames(p).next()));
    p.hang();
  })}, certificate.server_context());
  HttpSettings s = patient();
  s.ca_file = certificate.pem_file();
  StreamRig rig(std::move(s));
  ASSERT_EQ(rig.open("wss://127.0.0.1:" + std::to_string(server.port())).text, "");
  rig.socket->send(true, "hello", nullptr);
  ASSERT_EQ(rig.receive_all(3).text, "");
  EXPECT_EQ(rig.messages[1].size(), 300'000u);
  EXPECT_EQ(rig.messages[2], "text hello");
  EXPECT_EQ(rig.receive(20 * kMs).text, "") << "nothing in time is no failure";
}

TEST(WebSocketReceive, HandsOverAllThatIsThere) {
  ScriptedServer server({[](Peer &p) {  // with the handshake's own bytes: nothing behind the head is lost
    p.send(upgrade_answer(p.read_head()) + server_text("a") + server_frame(WsOpcode::Binary, "b") + server_text("c"));
    p.hang();
  }});
  StreamRig rig(patient());
  ASSERT_EQ(rig.open(ws_url(server)).text, "");
  EXPECT_EQ(rig.receive_all(3).text, "");
  EXPECT_THAT(rig.messages, ElementsAre("a", "binary b", "c"));
}

TEST(WebSocketReceive, NothingInTimeIsNoFailure) {
  ScriptedServer server({upgraded("")});
  StreamRig rig(patient());
  ASSERT_EQ(rig.open(ws_url(server)).text, "");
  const std::int64_t began = system_clock().monotonic_ns();
  EXPECT_EQ(rig.receive(50 * kMs).text, "");
  EXPECT_GE(system_clock().monotonic_ns() - began, 50 * kMs);
  EXPECT_EQ(rig.receive(0).text, "");
  EXPECT_TRUE(rig.messages.empty());
}

TEST(WebSocketReceive, PartOfAFrameSurvivesTimeOutsAndCancellation) {
  std::promise<void> go;
  const std::string frame = server_text(repeated("abc", 1000));
  ScriptedServer server({upgraded([&](Peer &p) {
    p.send(frame.substr(0, 500));
    go.get_future().wait();
    p.send(frame.substr(500));
    p.hang();
  })});
  StreamRig rig(patient());
  ASSERT_EQ(rig.open(ws_url(server)).text, "");
  EXPECT_EQ(rig.receive(30 * kMs).text, "");
  CancelSource source;
  const CancelToken cancelled(source);
  source.cancel();
  EXPECT_EQ(rig.receive(kSecond, cancelled.raw()).status, TDK_CANCELLED);
  CancelSource other;
  const CancelToken late(other, 0);
  EXPECT_EQ(rig.receive(kSecond, late.raw()).status, TDK_TIMEOUT);
  go.set_value();
  EXPECT_EQ(rig.receive_all(1).text, "");
  EXPECT_THAT(rig.messages, ElementsAre(repeated("abc", 1000)));
}

TEST(WebSocketReceive, SlowDripIsPutTogether) {
  ScriptedServer server({upgraded([](Peer &p) {
    for (const char c : server_frame(WsOpcode::Text, "slow ", false) + server_frame(WsOpcode::Continuation, "drip"))
      p.send(std::string(1, c));
    p.hang();
  })});
  StreamRig rig(patient());
  ASSERT_EQ(rig.open(ws_url(server)).text, "");
  EXPECT_EQ(rig.receive_all(1).text, "");
  EXPECT_THAT(rig.messages, ElementsAre("slow drip"));
}

TEST(WebSocketReceive, HandlerStopsAndTheRestStays) {
  ScriptedServer server({upgraded(server_text("a") + server_text("b") + server_text("c"))});
  StreamRig rig(patient());
  ASSERT_EQ(rig.open(ws_url(server)).text, "");
  const auto one = [&](bool, std::string_view m) {
    rig.messages.emplace_back(m);
    return tdk_status{TDK_STOP};
  };
  EXPECT_EQ(rig.socket->receive(10 * kSecond, one, nullptr), TDK_STOP);
  EXPECT_THAT(rig.messages, ElementsAre("a"));
  EXPECT_EQ(rig.receive_all(3).text, "");
  EXPECT_THAT(rig.messages, ElementsAre("a", "b", "c"));
}

TEST(WebSocketReceive, HandlerMaySendAndClose) {
  std::promise<std::string> got;
  ScriptedServer server({upgraded([&](Peer &p) {
    p.send(server_text("hi"));
    ClientFrames frames(p);
    const std::string first = frames.next();
    got.set_value(first + ", " + frames.next());
  })});
  StreamRig rig(patient());
  ASSERT_EQ(rig.open(ws_url(server)).text, "");
  const auto answer = [&](bool, std::string_view) {
    rig.socket->send(true, "answer", nullptr);
    rig.socket->close();
    return tdk_status{TDK_OK};
  };
  EXPECT_EQ(rig.socket->receive(10 * kSecond, answer, nullptr), TDK_STOP);
  EXPECT_EQ(value_of(got), "text answer, close 1000 ");
  EXPECT_EQ(rig.receive().status, TDK_INVALID_ARGUMENT);
}

TEST(WebSocketReceive, AConnectionLostInsideTheHandlerIsLostAndNotClosed) {
  std::promise<void> done;
  ScriptedServer server({upgraded([&](Peer &p) {
    p.send(server_text("hi"));
    done.get_future().wait();  // and reads nothing
  })});
  HttpSettings impatient = patient();
  impatient.idle_timeout_ns = 100'000'000;
  StreamRig rig(impatient);
  ASSERT_EQ(rig.open(ws_url(server)).text, "");
  const std::string too_much(16 * 1024 * 1024, 'x');
  const Outcome end = outcome_of_call([&] {
    rig.socket->receive(10 * kSecond, [&](bool, std::string_view) {
      EXPECT_NE(outcome_of_call([&] { rig.socket->send(false, too_much, nullptr); }).status, TDK_OK);
      return tdk_status{TDK_OK};
    }, nullptr);
  });
  EXPECT_EQ(end.status, TDK_UNAVAILABLE);
  EXPECT_THAT(end.text, HasSubstr("timed out sending a message"));
  EXPECT_EQ(rig.receive().text, end.text);
  done.set_value();
}

TEST(WebSocketReceive, ReceiveInsideItsHandlerIsRefused) {
  ScriptedServer server({upgraded(server_text("a"))});
  StreamRig rig(patient());
  ASSERT_EQ(rig.open(ws_url(server)).text, "");
  Outcome inner;
  rig.socket->receive(10 * kSecond, [&](bool, std::string_view) {
    inner = rig.receive();
    return tdk_status{TDK_OK};
  }, nullptr);
  EXPECT_EQ(inner.status, TDK_INVALID_ARGUMENT);
}

TEST(WebSocketPing, IsAnsweredWithItsPayload) {
  std::promise<std::string> got;
  ScriptedServer server({upgraded([&](Peer &p) {
    p.send(server_frame(WsOpcode::Ping, "1700000000"));
    got.set_value(ClientFrames(p).next());
    p.send(server_text("after"));
    p.hang();
  })});
  StreamRig rig(patient());
  ASSERT_EQ(rig.open(ws_url(server)).text, "");
  EXPECT_EQ(rig.receive_all(1).text, "") << "the message comes only after the pong";
  EXPECT_EQ(value_of(got), "pong 1700000000");
}

TEST(WebSocketPing, StormOfPingsIsAnsweredOnceASecondWithTheNewest) {
  std::promise<std::pair<std::string, std::string>> got;
  std::promise<std::int64_t> gap;
  ScriptedServer server({upgraded([&](Peer &p) {
    std::string storm;
    for (int i = 0; i < 100; ++i) storm += server_frame(WsOpcode::Ping, std::to_string(i));
    p.send(storm);
    ClientFrames frames(p);
    const std::string first = frames.next();
    const std::int64_t began = system_clock().monotonic_ns();
    p.send(storm + server_frame(WsOpcode::Ping, "last"));
    const std::string second = frames.next();
    gap.set_value(system_clock().monotonic_ns() - began);
    got.set_value({first, second});
    p.send(server_text("done"));
    p.hang();
  })});
  StreamRig rig(patient());
  ASSERT_EQ(rig.open(ws_url(server)).text, "");
  EXPECT_EQ(rig.receive_all(1).text, "");
  EXPECT_EQ(value_of(got), (std::pair<std::string, std::string>("pong 99", "pong last")));
  EXPECT_GE(value_of(gap), 900 * kMs);
}

TEST(WebSocketEnd, VendorsCloseIsAnsweredAndSaid) {
  std::promise<std::string> got;
  ScriptedServer server({upgraded([&](Peer &p) {
    p.send(server_text("last words") + server_close(1008, "Pong timeout"));
    got.set_value(ClientFrames(p).next());
  })});
  StreamRig rig(patient());
  ASSERT_EQ(rig.open(ws_url(server)).text, "");
  const Outcome o = rig.receive_all(2);
  EXPECT_THAT(rig.messages, ElementsAre("last words"));
  EXPECT_EQ(o.status, TDK_UNAVAILABLE);
  EXPECT_THAT(o.text, HasSubstr("/ws: closed by the vendor: 1008 Pong timeout"));
  EXPECT_EQ(value_of(got), "close 1008 ");
  EXPECT_EQ(rig.receive().text, o.text) << "the same again";
  EXPECT_EQ(outcome_of_call([&] { rig.socket->send(true, "x", nullptr); }).text, o.text);
}

TEST(WebSocketEnd, BreachesOfTheProtocolAreToldAndBadData) {
  const std::vector<std::tuple<std::string, const char *, const char *>> cases = {
      {"HTTP/1.1 400 Bad Request\r\n\r\n", "reserved bits", "close 1002"},
      {"\x81\x02\xff\xff", "not UTF-8", "close 1007"},
      {std::string("\x82\x7f\x00\x00\x00\x00\x40\x00\x00\x00", 10), "over the limit of 16777216 bytes", "close 1009"},
  };
  for (const auto &[bytes, text, close] : cases) {
    std::promise<std::string> got;
    ScriptedServer server({upgraded([&, sent = bytes](Peer &p) {
      p.send(sent);
      got.set_value(ClientFrames(p).next());
    })});
    StreamRig rig(patient());
    ASSERT_EQ(rig.open(ws_url(server)).text, "");
    const Outcome o = rig.receive();
    EXPECT_EQ(o.status, TDK_BAD_DATA);
    EXPECT_THAT(o.text, HasSubstr(text));
    EXPECT_THAT(value_of(got), HasSubstr(close));
  }
}

TEST(WebSocketEnd, LostConnectionsAreUnavailable) {
  const std::vector<std::pair<std::function<void(Peer &)>, const char *>> cases = {
      {[](Peer &p) { p.close(); }, "closed the connection without a Close frame"},
      {[](Peer &p) { p.send(server_text("whole").substr(0, 4)); p.close(); }, "in the middle of a message"},
      {[](Peer &p) { p.send(server_text("whole").substr(0, 4)); p.reset(); }, "reset"},
  };
  for (const auto &[end, text] : cases) {
    ScriptedServer server({upgraded(end)});
    StreamRig rig(patient());
    ASSERT_EQ(rig.open(ws_url(server)).text, "");
    const Outcome o = rig.receive();
    EXPECT_EQ(o.status, TDK_UNAVAILABLE);
    EXPECT_THAT(o.text, HasSubstr(text));
  }
}

TEST(WebSocketEnd, CloseSaysGoodBye) {
  std::promise<std::string> got;
  ScriptedServer server({upgraded([&](Peer &p) { got.set_value(ClientFrames(p).next()); })});
  StreamRig rig(patient());
  ASSERT_EQ(rig.open(ws_url(server)).text, "");
  rig.socket.reset();
  EXPECT_EQ(value_of(got), "close 1000 ");
}

TEST(WebSocketEnd, CloseDoesNotWaitForAVendorThatReadsNothing) {
  std::promise<void> done;
  ScriptedServer server({upgraded([&](Peer &) { done.get_future().wait(); })});
  StreamRig rig(patient());
  ASSERT_EQ(rig.open(ws_url(server)).text, "");
  CancelSource source;
  const std::string big(1 << 20, 'x');
  Outcome o;
  for (int i = 0; i < 100 && o.status == TDK_OK; ++i) {
    const CancelToken soon(source, 2000 * kMs);
    o = outcome_of_call([&] { rig.socket->send(true, big, soon.raw()); });
  }
  EXPECT_EQ(o.status, TDK_TIMEOUT) << "the socket is full";
  EXPECT_EQ(rig.receive(0).status, TDK_UNAVAILABLE) << "half a frame has left: that was the end";
  const std::int64_t began = system_clock().monotonic_ns();
  rig.socket->close();
  EXPECT_LT(system_clock().monotonic_ns() - began, 5000 * kMs);
  done.set_value();
}

TEST(WebSocketSend, WhatNobodyMaySendIsRefusedAndNothingIsLost) {
  std::promise<std::string> got;
  ScriptedServer server({upgraded([&](Peer &p) { got.set_value(ClientFrames(p).next()); })});
  StreamRig rig(patient());
  ASSERT_EQ(rig.open(ws_url(server)).text, "");
  EXPECT_EQ(outcome_of_call([&] { rig.socket->send(true, "\xff", nullptr); }).status, TDK_INVALID_ARGUMENT);
  EXPECT_EQ(outcome_of_call([&] { rig.socket->send(false, std::string((1 << 24) + 1, 'x'), nullptr); }).status,
            TDK_INVALID_ARGUMENT);
  rig.socket->send(false, "\xff", nullptr);
  EXPECT_EQ(value_of(got), "binary \xff");
}

TEST(WebSocketCancel, IsNoticedWithin50MsAtEveryStage) {
  struct Stage {
    const char *name;
    std::function<void(Peer &, Canceller &)> play;
  };
  const std::vector<Stage> stages = {
      {"no answer", [](Peer &p, Canceller &c) { p.read_head(); c.ready(); p.hang(); }},
      {"half a head", [](Peer &p, Canceller &c) { p.read_head(); p.send("HTTP/1.1 101 Swi"); c.ready(); p.hang(); }},
      {"dripping head", [](Peer &p, Canceller &c) { p.read_head(); p.send("HTTP/1.1 101 "); c.ready(); p.drip('x'); }},
      {"silence", [](Peer &p, Canceller &c) { p.send(upgrade_answer(p.read_head())); c.ready(); p.hang(); }},
      {"dripping frame", [](Peer &p, Canceller &c) {
         p.send(upgrade_answer(p.read_head()) + std::string("\x82\x7f\x00\x00\x00\x00\x00\x40\x00\x00", 10));
         c.ready();
         p.drip('x');
       }},
      {"body of a refusal", [](Peer &p, Canceller &c) {
         p.read_head();
         p.send("HTTP/1.1 403 No\r\nContent-Length: 10\r\n\r\n");
         c.ready();
         p.hang();
       }},
  };
  for (const Stage &stage : stages) {
    Canceller canceller;
    ScriptedServer server({[&](Peer &p) { stage.play(p, canceller); }});
    StreamRig rig(patient());
    Outcome o = rig.open(ws_url(server), canceller.token());
    if (o.status == TDK_OK) o = rig.receive(30 * kSecond, canceller.token());
    EXPECT_EQ(o.status, TDK_CANCELLED) << stage.name << ": " << o.text;
    EXPECT_LT(canceller.ms_since_cancel(), 1000) << stage.name;
  }
}

TEST(WebSocketTimeOut, OpeningEndsWhenTheVendorIsMute) {
  ScriptedServer server({[](Peer &p) { p.hang(); }});
  HttpSettings s = patient();
  s.idle_timeout_ns = 100 * kMs;
  StreamRig rig(std::move(s));
  const Outcome o = rig.open(ws_url(server, "/ws?apikey=hidden"));
  EXPECT_EQ(o.status, TDK_TIMEOUT);
  EXPECT_THAT(o.text, HasSubstr("/ws?apikey=***: timed out waiting for the answer (100 ms)"));
}
