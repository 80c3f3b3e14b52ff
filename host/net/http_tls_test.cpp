// TLS and proxies: who is trusted, and what travels by which way.
#include <map>

#include "net/net_test_support.hpp"

using namespace tapedeck;
using namespace tapedeck::testing;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

namespace {

Scene serve() {
  return [](Peer &p) {
    for (std::string head = p.read_head(); !head.empty(); head = p.read_head())
      p.answer(repeated("0123456789", 100'000));
  };
}

HttpSettings trusting(const TestCertificate &certificate) {
  HttpSettings s;
  s.ca_file = certificate.pem_file();
  s.look_up = [](const std::string &) { return std::vector<std::string>{"127.0.0.1"}; };
  return s;
}

ProxyRules rules(std::map<std::string, std::string> environment) {
  return ProxyRules::from_environment([&](const char *name) -> const char * {
    const auto i = environment.find(name);
    return i == environment.end() ? nullptr : i->second.c_str();
  });
}

}  // namespace

TEST(Tls, UnknownCertificateIsRefusedAndNotTriedAgain) {
  TestCertificate certificate("127.0.0.1");
  ScriptedServer server({serve(), serve()}, certificate.server_context());
  Rig rig;
  const Outcome o = rig.get(server.url());
  EXPECT_EQ(o.status, TDK_UNAVAILABLE);
  EXPECT_THAT(o.text, HasSubstr("certificate refused: self-signed certificate; check the host name and the "
                                "certificate, or name its CA in ca_file"));
  EXPECT_EQ(server.accepted(), 1);
}

TEST(Tls, CaFileMakesItTrusted) {
  TestCertificate certificate("vendor.example");
  ScriptedServer server({serve()}, certificate.server_context());
  Rig rig(trusting(certificate));
  const std::string url = "https://vendor.example:" + std::to_string(server.port());
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(rig.get(url).text, "");
    EXPECT_EQ(rig.answer.body.size(), 100'000u);
  }
  EXPECT_EQ(server.accepted(), 1);
}

TEST(Tls, AddressInTheCertificateIsVerified) {
  TestCertificate certificate("127.0.0.1");
  ScriptedServer server({serve()}, certificate.server_context());
  Rig rig(trusting(certificate));
  EXPECT_EQ(rig.get(server.url()).text, "");
}

TEST(Tls, WrongHostNameIsRefusedEvenOnLoopback) {
  TestCertificate certificate("other.example");
  ScriptedServer server({serve(), serve(), serve()}, certificate.server_context());
  Rig rig(trusting(certificate));
  const std::string port = std::to_string(server.port());
  EXPECT_THAT(rig.get("https://vendor.example:" + port).text, HasSubstr("certificate refused: hostname mismatch"));
  EXPECT_THAT(rig.get("https://127.0.0.1:" + port).text, HasSubstr("certificate refused: IP address mismatch"));
  EXPECT_THAT(rig.get("https://localhost:" + port).text, HasSubstr("certificate refused: hostname mismatch"));
}

TEST(Tls, InsecureIsTheOperatorsChoice) {
  TestCertificate certificate("other.example");
  ScriptedServer server({serve()}, certificate.server_context());
  HttpSettings s;
  s.insecure = true;
  Rig rig(s);
  EXPECT_EQ(rig.get(server.url()).text, "");
}

TEST(Tls, MissingCaFileIsNamed) {
  ScriptedServer server({[](Peer &p) { p.hang(); }});
  HttpSettings s;
  s.ca_file = "/nonexistent/ca.pem";
  Rig rig(s);
  const Outcome o = rig.get("https://127.0.0.1:" + std::to_string(server.port()));
  EXPECT_THAT(o.text, HasSubstr("cannot set up TLS with ca_file \"/nonexistent/ca.pem\""));
}

TEST(Tls, PlainServerIsAHandshakeError) {
  ScriptedServer server({[](Peer &p) { p.send("HTTP/1.1 400 Bad Request\r\n\r\n"); }});
  Rig rig;
  const Outcome o = rig.get("https://127.0.0.1:" + std::to_string(server.port()));
  EXPECT_EQ(o.status, TDK_UNAVAILABLE);
  EXPECT_THAT(o.text, HasSubstr("TLS handshake failed"));
}

TEST(Tls, TruncatedBodyIsNoticed) {
  TestCertificate certificate("127.0.0.1");
  ScriptedServer server({[](Peer &p) {
                           p.read_head();
                           p.send("HTTP/1.1 200 OK\r\n\r\nabc");
                           p.reset();
                         }},
                        certificate.server_context());
  HttpSettings s = trusting(certificate);
  s.tries = 1;
  Rig rig(std::move(s));
  EXPECT_EQ(rig.get(server.url()).status, TDK_UNAVAILABLE) << "without a length only close_notify marks the end";
}

TEST(Tls, CancelledInTheMiddleOfABody) {
  TestCertificate certificate("127.0.0.1");
  Canceller canceller;
  ScriptedServer server({[&](Peer &p) {
                           p.read_head();
                           p.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc");
                           canceller.ready();
                           p.hang();
                         }},
                        certificate.server_context());
  Rig rig(trusting(certificate));
  EXPECT_EQ(rig.get(server.url(), nullptr, canceller.token()).status, TDK_CANCELLED);
  EXPECT_LT(canceller.ms_since_cancel(), 1000);
}

TEST(Proxy, PlainRequestsNameTheWholeUrl) {
  std::string head;
  ScriptedServer proxy({[&](Peer &p) {
    head = p.read_head();
    p.answer("by proxy");
  }});
  HttpSettings s;
  s.plain_http = PlainHttp::Always;
  s.proxy = rules({{"http_proxy", "http://user:pa%40ss@127.0.0.1:" + std::to_string(proxy.port())}});
  Rig rig(s);
  ASSERT_EQ(rig.get("http://vendor.example/x?y=1").text, "");
  EXPECT_EQ(rig.answer.body, "by proxy");
  EXPECT_THAT(head, StartsWith("GET http://vendor.example/x?y=1 HTTP/1.1\r\nHost: vendor.example\r\n"));
  EXPECT_THAT(head, HasSubstr("Proxy-Authorization: Basic dXNlcjpwYUBzcw==\r\n"));
}

TEST(Proxy, TlsGoesThroughATunnelThatSeesNoHeaders) {
  TestCertificate certificate("vendor.example");
  std::string connect, inner;
  ScriptedServer proxy({[&](Peer &p) {
    connect = p.read_head();
    p.send("HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n");
    if (!p.start_tls(certificate.server_context())) return;
    inner = p.read_head();
    p.answer("tunnelled");
    p.read_head();
    p.answer("again");
  }});
  HttpSettings s = trusting(certificate);
  s.proxy = rules({{"HTTPS_PROXY", "user:pass@127.0.0.1:" + std::to_string(proxy.port())}});
  Rig rig(std::move(s));
  rig.request.headers = {{"X-Key", "secret"}};
  ASSERT_EQ(rig.get("https://vendor.example/x").text, "");
  EXPECT_EQ(rig.answer.body, "tunnelled");
  EXPECT_THAT(connect, StartsWith("CONNECT vendor.example:443 HTTP/1.1\r\n"));
  EXPECT_THAT(connect, HasSubstr("Proxy-Authorization: Basic dXNlcjpwYXNz\r\n"));
  EXPECT_THAT(connect, Not(HasSubstr("X-Key")));
  EXPECT_THAT(inner, StartsWith("GET /x HTTP/1.1\r\n"));
  EXPECT_THAT(inner, Not(HasSubstr("Proxy-Authorization")));
  ASSERT_EQ(rig.get("https://vendor.example/y").text, "");
  EXPECT_EQ(proxy.accepted(), 1);
}

TEST(Proxy, RefusedTunnelIsSaidAndNotTriedAgain) {
  ScriptedServer proxy({[](Peer &p) {
    p.read_head();
    p.send("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
  }});
  HttpSettings s;
  s.proxy = rules({{"https_proxy", "http://u:topsecret@127.0.0.1:" + std::to_string(proxy.port())}});
  Rig rig(s);
  const Outcome o = rig.get("https://vendor.example/");
  EXPECT_EQ(o.status, TDK_UNAVAILABLE);
  EXPECT_THAT(o.text, HasSubstr("the proxy refused the tunnel with status 407; check HTTPS_PROXY"));
  EXPECT_THAT(o.text, Not(HasSubstr("topsecret")));
  EXPECT_EQ(proxy.accepted(), 1);
}

TEST(Proxy, CancelledWhileOpeningTheTunnel) {
  Canceller canceller;
  ScriptedServer proxy({[&](Peer &p) {
    p.read_head();
    canceller.ready();
    p.hang();
  }});
  HttpSettings s;
  s.proxy = rules({{"https_proxy", "http://127.0.0.1:" + std::to_string(proxy.port())}});
  Rig rig(s);
  EXPECT_EQ(rig.get("https://vendor.example/", nullptr, canceller.token()).status, TDK_CANCELLED);
  EXPECT_LT(canceller.ms_since_cancel(), 1000);
}

TEST(ProxyRules, FollowCurlsVariables) {
  const Url http = Url::parse("http://vendor.example/"), https = Url::parse("https://vendor.example/");
  EXPECT_EQ(rules({{"HTTP_PROXY", "http://evil:1"}}).proxy_of(http), nullptr) << "a CGI request sets it";
  EXPECT_EQ(rules({{"http_proxy", "p:3128"}}).proxy_of(http)->host, "p");
  EXPECT_EQ(rules({{"http_proxy", "p:3128"}}).proxy_of(https), nullptr);
  EXPECT_EQ(rules({{"http_proxy", "p"}}).proxy_of(http)->port, 1080);
  EXPECT_EQ(rules({{"https_proxy", "a:1"}, {"HTTPS_PROXY", "b:2"}}).proxy_of(https)->host, "a");
  EXPECT_EQ(rules({{"ALL_PROXY", "http://[::1]:8"}}).proxy_of(http)->host, "::1");
  EXPECT_EQ(rules({{"https_proxy", ""}}).proxy_of(https), nullptr);
}

TEST(ProxyRules, NoProxyNamesHostsDomainsAddressesAndBlocks) {
  struct Case {
    const char *list;
    const char *url;
    bool bypassed;
  };
  const Case cases[] = {
      {"*", "https://a.example/", true},
      {"example", "https://a.example/", true},
      {".a.example", "https://a.example/", true},
      {"a.example", "https://x.A.example/", true},
      {"a.example", "https://ba.example/", false},
      {"b.example, a.example", "https://a.example/", true},
      {"a.example:443", "https://a.example/", true},
      {"a.example:8443", "https://a.example/", false},
      {"10.0.0.0/8", "https://10.1.2.3/", true},
      {"10.0.0.0/8", "https://11.1.2.3/", false},
      {"10.1.2.128/25", "https://10.1.2.127/", false},
      {"fe80::/10", "https://[fe80::1]/", true},
      {"127.0.0.1", "https://127.0.0.1:8443/", true},
      {"0.0.1", "https://127.0.0.1/", false},
      {"", "https://a.example/", false},
  };
  for (const Case &c : cases) {
    const ProxyRules r = rules({{"https_proxy", "p:1"}, {"no_proxy", c.list}});
    EXPECT_EQ(r.proxy_of(Url::parse(c.url)) == nullptr, c.bypassed) << c.list << " for " << c.url;
  }
}

TEST(ProxyRules, BrokenValueNamesTheVariableOnly) {
  try {
    rules({{"https_proxy", "socks5://user:topsecret@h:1"}});
    FAIL() << "accepted";
  } catch (const Error &e) {
    EXPECT_EQ(e.code(), TDK_INVALID_ARGUMENT);
    EXPECT_THAT(e.what(), HasSubstr("https_proxy: only http:// proxies are supported"));
    EXPECT_THAT(e.what(), Not(HasSubstr("topsecret")));
  }
}

TEST(Url, ReadsAndResolves) {
  const Url u = Url::parse("HTTPS://Api.Example:8443?q=1#part");
  EXPECT_EQ(u.text(), "https://api.example:8443/?q=1");
  EXPECT_EQ(Url::parse("http://[::1]:80/x").authority(), "[::1]");
  const Url base = Url::parse("https://h.example/a/b?c");
  EXPECT_EQ(base.resolve("d?e").text(), "https://h.example/a/d?e");
  EXPECT_EQ(base.resolve("/d").text(), "https://h.example/d");
  EXPECT_EQ(base.resolve("?e").text(), "https://h.example/a/b?e");
  EXPECT_EQ(base.resolve("//o.example/d").text(), "https://o.example/d");
  EXPECT_EQ(base.resolve("http://h.example/").text(), "http://h.example/");
}
