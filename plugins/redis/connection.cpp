#include "connection.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/IPAddress.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SSLException.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/Redis/Array.h>
#include <Poco/Redis/Error.h>
#include <Poco/Redis/RedisStream.h>
#include <Poco/Timespan.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace tapedeck::redis {
namespace {

namespace wire = Poco::Redis;

Poco::Timespan span_of(std::chrono::milliseconds ms) { return {static_cast<Poco::Timespan::TimeDiff>(ms.count()) * 1000}; }

template <class T>
const T &value_of(const wire::RedisType &type) {
  return dynamic_cast<const wire::Type<T> &>(type).value();
}

Reply reply_of(const wire::RedisType &type) {
  Reply out;
  if (type.isInteger()) {
    out.kind = Reply::Kind::Integer;
    out.integer = value_of<Poco::Int64>(type);
  } else if (type.isSimpleString()) {
    out.kind = Reply::Kind::Text;
    out.text = value_of<std::string>(type);
  } else if (type.isError()) {
    out.kind = Reply::Kind::Error;
    out.text = value_of<wire::Error>(type).getMessage();
  } else if (type.isBulkString()) {
    const auto &bulk = value_of<wire::BulkString>(type);
    if (bulk.isNull()) return out;
    out.kind = Reply::Kind::Text;
    out.text = bulk.value();
  } else if (const auto &array = value_of<wire::Array>(type); !array.isNull()) {
    out.kind = Reply::Kind::Array;
    for (const auto &item : array) out.items.push_back(reply_of(*item));
  }
  return out;
}

[[noreturn]] void lose(const std::string &why, bool in_time) {
  Lost lost(why);
  lost.in_time = in_time;
  throw lost;
}

// Runs `io`, whose failures of whatever library are the end of the connection.
template <class F>
auto guarded(F &&io) {
  try {
    return io();
  } catch (const Poco::TimeoutException &) {
    lose("no answer in time", false);
  } catch (const Poco::Exception &e) {
    lose(e.displayText(), true);
  } catch (const std::ios_base::failure &) {
    lose("the connection was closed", true);
  } catch (const std::bad_cast &) {
    lose("an answer that is no Redis's", true);
  }
}

bool is_ip_address(const std::string &host) {
  Poco::Net::IPAddress ignored;
  return Poco::Net::IPAddress::tryParse(host, ignored);
}

// The certificate is checked for the name, or the address, that the URL has.
Poco::Net::Context::Ptr tls_context(const Settings &settings) {
  using Poco::Net::Context;
  Context::Ptr context =
      new Context(Context::TLS_CLIENT_USE, settings.key_file, settings.cert_file, settings.ca_file, Context::VERIFY_STRICT, 9,
                  settings.ca_file.empty());
  context->requireMinimumProtocol(Context::PROTO_TLSV1_2);
  context->enableExtendedCertificateVerification(false);  // knows no addresses
  X509_VERIFY_PARAM *parameters = SSL_CTX_get0_param(context->sslContext());
  const std::string &host = settings.host;
  const int set = is_ip_address(host) ? X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str())
                                      : X509_VERIFY_PARAM_set1_host(parameters, host.c_str(), host.size());
  if (set != 1) throw Poco::Net::SSLException("the host name cannot be verified");
  SSL_CTX_set_verify(context->sslContext(), SSL_VERIFY_PEER, nullptr);
  return context;
}

Poco::Net::StreamSocket secure_socket(const Settings &settings, const Poco::Net::SocketAddress &address) {
  Poco::Net::SecureStreamSocket socket(tls_context(settings));
  if (!is_ip_address(settings.host)) socket.setPeerHostName(settings.host);
  socket.connect(address, span_of(settings.connect_timeout));
  return socket;
}

Poco::Net::StreamSocket open_socket(const Settings &settings) {
  const Poco::Net::SocketAddress address(settings.host, settings.port);
  Poco::Net::StreamSocket socket;
  if (settings.tls) socket = secure_socket(settings, address);
  else socket.connect(address, span_of(settings.connect_timeout));
  socket.setNoDelay(true);
  socket.setReceiveTimeout(span_of(settings.connect_timeout));
  socket.setSendTimeout(span_of(settings.call_timeout));
  return socket;
}

}  // namespace

struct Connection::Streams {
  explicit Streams(Poco::Net::StreamSocket s) : socket(std::move(s)), in(socket), out(socket) {
    // Else a read that fails half-way looks like one that succeeded.
    in.exceptions(std::ios::badbit | std::ios::failbit | std::ios::eofbit);
    out.exceptions(std::ios::badbit | std::ios::failbit);
  }
  void send(const Command &command) {
    wire::Array array;
    for (const auto &word : command) array << word;
    const std::string text = array.toString();
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
  }
  Reply receive() {
    wire::RedisType::Ptr type = wire::RedisType::createRedisType(static_cast<char>(in.get()));
    if (type.isNull()) lose("an answer that is no Redis's", true);
    type->read(in);
    return reply_of(*type);
  }

  Poco::Net::StreamSocket socket;
  wire::RedisInputStream in;
  wire::RedisOutputStream out;
};

Connection::Connection(const Settings &settings) {
  guarded([&] {
    streams_ = std::make_unique<Streams>(open_socket(settings));
    introduce(settings);
    streams_->socket.setReceiveTimeout(span_of(settings.call_timeout));
  });
}

Connection::~Connection() {
  try {
    streams_.reset();  // flushes
  } catch (const std::exception &) {
    streams_ = nullptr;
  }
}

void Connection::introduce(const Settings &settings) {
  std::vector<Command> commands;
  if (!settings.password.empty()) {
    commands.push_back({"AUTH"});
    if (!settings.username.empty()) commands.back().push_back(settings.username);
    commands.back().push_back(settings.password);
  }
  commands.push_back({"SELECT", std::to_string(settings.database)});
  for (const Reply &reply : ask(commands)) {
    if (reply.kind != Reply::Kind::Error) continue;
    if (reply.is_error("LOADING")) lose(reply.text, true);
    throw Rejected(reply.text);
  }
}

Reply Connection::ask(const Command &command) {
  return guarded([&] {
    streams_->send(command);
    streams_->out.flush();
    return streams_->receive();
  });
}

std::vector<Reply> Connection::ask(const std::vector<Command> &commands) {
  return guarded([&] {
    for (const auto &command : commands) streams_->send(command);
    streams_->out.flush();
    std::vector<Reply> out;
    for (std::size_t i = 0; i < commands.size(); ++i) out.push_back(streams_->receive());
    return out;
  });
}

}  // namespace tapedeck::redis
