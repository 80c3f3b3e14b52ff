#include "net/http_client.hpp"

#include "net/net_test_support.hpp"

using namespace tapedeck;
using namespace tapedeck::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(HttpClient, GetsABodyWithItsHeaders) {
  std::string head;
  ScriptedServer server({[&](Peer &p) {
    head = p.read_head();
    p.answer("{\"a\":1}", "X-Used: 7\r\n");
  }});
  Rig rig;
  rig.request.headers = {{"X-Key", "k"}};
  ASSERT_EQ(rig.get(server.url("/v1/x?b=2")).text, "");
  EXPECT_EQ(rig.answer.status, 200);
  EXPECT_EQ(rig.answer.body, "{\"a\":1}");
  EXPECT_EQ(rig.answer.header("x-used"), "7");
  EXPECT_EQ(rig.answer.tries, 1);
  EXPECT_THAT(head, HasSubstr("GET /v1/x?b=2 HTTP/1.1\r\n"));
  EXPECT_THAT(head, HasSubstr("Host: 127.0.0.1:" + std::to_string(server.port())));
  EXPECT_THAT(head, HasSubstr("Accept-Encoding: gzip\r\n"));
  EXPECT_THAT(head, HasSubstr("X-Key: k\r\n"));
}

TEST(HttpClient, KeepsTheConnection) {
  ScriptedServer server({[](Peer &p) {
    for (int i = 0; i < 3; ++i) {
      p.read_head();
      p.answer(repeated("0123456789", 200'000));
    }
  }});
  Rig rig;
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(rig.get(server.url()).text, "");
    EXPECT_EQ(rig.answer.body, repeated("0123456789", 200'000));
  }
  EXPECT_EQ(server.accepted(), 1);
  EXPECT_EQ(rig.client.stats().opened, 1u);
  EXPECT_EQ(rig.client.stats().reused, 2u);
}

TEST(HttpClient, OpensAnotherConnectionWhenToldToClose) {
  const Scene once = [](Peer &p) {
    p.read_head();
    p.answer("x", "Connection: close\r\n");
    p.hang();
  };
  ScriptedServer server({once, once});
  Rig rig;
  EXPECT_EQ(rig.get(server.url()).text, "");
  EXPECT_EQ(rig.get(server.url()).text, "");
  EXPECT_EQ(server.accepted(), 2);
}

TEST(HttpClient, ConnectionTheServerClosedMeanwhileIsNoTry) {
  ScriptedServer server({[](Peer &p) {
                           p.read_head();
                           p.answer("first");
                           p.read_head();  // takes the second request and closes instead of answering
                         },
                         [](Peer &p) {
                           p.read_head();
                           p.answer("second");
                         }});
  Rig rig;
  ASSERT_EQ(rig.get(server.url()).text, "");
  ASSERT_EQ(rig.get(server.url()).text, "");
  EXPECT_EQ(rig.answer.body, "second");
  EXPECT_EQ(rig.answer.tries, 1);
  EXPECT_EQ(rig.client.stats().stale, 1u);
  EXPECT_THAT(rig.clock.slept(), ElementsAre());
}

TEST(HttpClient, PostIsNeverSentTwice) {
  ScriptedServer server({[](Peer &p) {
    p.read_head();
    p.answer("first");
    p.read_head();
  }});
  Rig rig;
  ASSERT_EQ(rig.get(server.url()).text, "");
  rig.request.method = "POST";
  EXPECT_EQ(rig.get(server.url()).status, TDK_UNAVAILABLE);
  EXPECT_EQ(server.accepted(), 1);
}

TEST(HttpClient, PostsABody) {
  std::string head, body;
  ScriptedServer server({[&](Peer &p) {
    head = p.read_head();
    body = p.read_exactly(100'000);
    p.answer("ok");
  }});
  Rig rig;
  const std::string sent = repeated("abc", 100'000);
  rig.request.method = "POST";
  rig.request.body = sent;
  ASSERT_EQ(rig.get(server.url()).text, "");
  EXPECT_THAT(head, HasSubstr("Content-Length: 100000\r\n"));
  EXPECT_TRUE(body == sent);
}

TEST(HttpClient, HeadHasNoBodyWhateverItsLength) {
  ScriptedServer server({[](Peer &p) {
    p.read_head();
    p.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    p.read_head();
    p.answer("next");
  }});
  Rig rig;
  rig.request.method = "HEAD";
  ASSERT_EQ(rig.get(server.url()).text, "");
  EXPECT_EQ(rig.answer.body, "");
  rig.request.method = "GET";
  ASSERT_EQ(rig.get(server.url()).text, "");
  EXPECT_EQ(rig.answer.body, "next");
  EXPECT_EQ(server.accepted(), 1);
}

TEST(HttpClient, ReadsChunksAndKeepsTheConnection) {
  ScriptedServer server({[](Peer &p) {
    p.read_head();
    p.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\nWiki\r\n5\r\npedia\r\n0\r\nT: 1\r\n\r\n");
    p.read_head();
    p.answer("next");
  }});
  Rig rig;
  ASSERT_EQ(rig.get(server.url()).text, "");
  EXPECT_EQ(rig.answer.body, "Wikipedia");
  ASSERT_EQ(rig.get(server.url()).text, "");
  EXPECT_EQ(rig.answer.body, "next");
  EXPECT_EQ(server.accepted(), 1);
}

TEST(HttpClient, ReadsABodyThatEndsWithTheConnection) {
  ScriptedServer server({[](Peer &p) {
    p.read_head();
    p.send("HTTP/1.0 200 OK\r\n\r\n" + repeated("x", 300'000));
  }});
  Rig rig;
  ASSERT_EQ(rig.get(server.url()).text, "");
  EXPECT_EQ(rig.answer.body.size(), 300'000u);
}

TEST(HttpClient, HtmlAndErrorsPassThrough) {
  ScriptedServer server({[](Peer &p) {
    p.read_head();
    p.answer("<html>maintenance</html>", "Content-Type: text/html\r\n");
    p.read_head();
    p.send("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno");
    p.read_head();
    p.send("HTTP/1.1 204 No Content\r\n\r\n");
    p.hang();
  }});
  Rig rig;
  ASSERT_EQ(rig.get(server.url()).text, "");
  EXPECT_EQ(rig.answer.body, "<html>maintenance</html>");
  ASSERT_EQ(rig.get(server.url()).text, "");
  EXPECT_EQ(rig.answer.status, 404);
  EXPECT_EQ(rig.answer.body, "no");
  ASSERT_EQ(rig.get(server.url()).text, "");
  EXPECT_EQ(rig.answer.status, 204);
  EXPECT_EQ(rig.answer.body, "");
}

TEST(HttpClient, FollowsRedirectsOnTheSameOrigin) {
  std::string second;
  ScriptedServer server({[&](Peer &p) {
    p.read_head();
    p.send("HTTP/1.1 302 Found\r\nLocation: /moved?x=1\r\nContent-Length: 0\r\n\r\n");
    second = p.read_head();
    p.answer("there");
  }});
  Rig rig;
  ASSERT_EQ(rig.get(server.url("/old")).text, "");
  EXPECT_EQ(rig.answer.body, "there");
  EXPECT_EQ(rig.answer.tries, 1);
  EXPECT_THAT(second, HasSubstr("GET /moved?x=1 "));
}

TEST(HttpClient, RedirectToAStrangerIsTheAnswer) {
  ScriptedServer stranger({});
  ScriptedServer server({[&](Peer &p) {
    p.read_head();
    p.send("HTTP/1.1 307 Away\r\nLocation: " + stranger.url("/x") + "\r\nContent-Length: 0\r\n\r\n");
  }});
  Rig rig;
  rig.request.headers = {{"X-Key", "secret"}};
  ASSERT_EQ(rig.get(server.url()).text, "");
  EXPECT_EQ(rig.answer.status, 307);
  EXPECT_EQ(stranger.accepted(), 0);
}

TEST(HttpClient, RedirectsInACircleEnd) {
  ScriptedServer server({[](Peer &p) {
    while (!p.read_head().empty()) p.send("HTTP/1.1 301 X\r\nLocation: /\r\nContent-Length: 0\r\n\r\n");
  }});
  Rig rig;
  ASSERT_EQ(rig.get(server.url()).text, "");
  EXPECT_EQ(rig.answer.status, 301);
  EXPECT_EQ(rig.client.stats().redirects, 3u);
}

TEST(HttpClient, RefusesWhatWouldInjectHeaders) {
  Rig rig;
  const std::vector<HeaderList> bad = {{{"X", "a\r\nEvil: 1"}}, {{"X\r\nEvil", "1"}}, {{"X", std::string("a\0b", 3)}},
                                       {{"X y", "1"}},          {{"", "1"}},          {{"Host", "evil"}},
                                       {{"Content-Length", "5"}}, {{"transfer-encoding", "chunked"}}};
  for (const HeaderList &headers : bad) {
    rig.request.headers = headers;
    EXPECT_EQ(rig.get("http://127.0.0.1:1/").status, TDK_INVALID_ARGUMENT) << headers[0].first;
  }
  rig.request.headers.clear();
  for (const char *url : {"http://127.0.0.1:1/a b", "http://127.0.0.1:1/\r\nX: 1", "ftp://127.0.0.1/", "nonsense", "",
                          "http://u:p@127.0.0.1/", "http://127.0.0.1:99999/", "http:///x"})
    EXPECT_EQ(rig.get(url).status, TDK_INVALID_ARGUMENT) << url;
  rig.request.method = "GET / HTTP/1.1\r\nX: 1\r\n";
  EXPECT_EQ(rig.get("http://127.0.0.1:1/").status, TDK_INVALID_ARGUMENT);
  EXPECT_EQ(rig.client.stats().requests, 0u);
}

TEST(HttpClient, PlainHttpIsForLoopbackUnlessTheOperatorSaysMore) {
  Rig strict;
  EXPECT_EQ(strict.get("http://192.0.2.1/").status, TDK_INVALID_ARGUMENT);
  HttpSettings settings;
  settings.plain_http = PlainHttp::Never;
  Rig never(settings);
  EXPECT_EQ(never.get("http://127.0.0.1:1/").status, TDK_INVALID_ARGUMENT);
}

TEST(HttpClient, SpendsTheCostsOfEveryTry) {
  ScriptedServer server({[](Peer &p) {
    p.read_head();
    p.send("HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n");
    p.read_head();
    p.answer("ok");
  }});
  Rig rig;
  Account account("acme", rig.clock);
  const auto h = account.define("weight", WindowKind::Fixed, 100, 3600 * kSecond);
  account.define("raw", WindowKind::Fixed, 100, 3600 * kSecond);
  rig.request.costs = {{h, 20}};
  ASSERT_EQ(rig.get(server.url(), &account).text, "");
  const AccountSnapshot s = account.snapshot();
  EXPECT_EQ(s.budgets[0].used, 40u);
  EXPECT_EQ(s.budgets[1].used, 2u);
  EXPECT_EQ(s.budgets[0].in_flight, 0u);
  EXPECT_EQ(s.last_status, 200);
  EXPECT_EQ(s.requests, 2u);
}

TEST(HttpClient, ManyThreadsShareOnePool) {
  const Scene serve = [](Peer &p) {
    for (std::string head = p.read_head(); !head.empty(); head = p.read_head())
      p.answer(head.substr(0, head.find(" HTTP")));
  };
  ScriptedServer server(std::vector<Scene>(8, serve));
  Rig rig;
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      HttpRequest request;
      HttpAnswer answer;
      for (int i = 0; i < 50; ++i) {
        std::string path = "/";
        path += std::to_string(t * 1000 + i);
        request.url = server.url(path);
        rig.client.request(request, nullptr, nullptr, answer);
        if (answer.body != "GET " + path) ++wrong;
      }
    });
  for (auto &t : threads) t.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_LE(server.accepted(), 4);
}
