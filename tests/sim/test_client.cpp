#include "sim/test_client.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/String.h>

#include <array>

namespace tapedeck::sim {
namespace {

void read_all(std::istream &in, const Poco::Net::HTTPResponse &response, Answer &answer) {
  std::array<char, 4096> piece;
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())), in.gcount() > 0)
    answer.body.append(piece.data(), static_cast<std::size_t>(in.gcount()));
  if (response.hasContentLength() &&
      answer.body.size() != static_cast<std::size_t>(response.getContentLength64()))
    answer.error = "the body ended early";
}

}  // namespace

Answer TestClient::send(const std::string &method, const std::string &path, const std::string &body,
                        const std::map<std::string, std::string> &headers) const {
  Answer answer;
  Poco::Net::HTTPClientSession session("127.0.0.1", port_);
  session.setTimeout(Poco::Timespan(0, timeout_ms * 1000));
  try {
    Poco::Net::HTTPRequest request(method, path, Poco::Net::HTTPMessage::HTTP_1_1);
    for (const auto &[name, value] : headers) request.set(name, value);
    request.setContentLength64(static_cast<Poco::Int64>(body.size()));
    session.sendRequest(request) << body;
    Poco::Net::HTTPResponse response;
    std::istream &in = session.receiveResponse(response);
    answer.status = response.getStatus();
    for (const auto &[name, value] : response) answer.headers[Poco::toLower(name)] = value;
    if (method != "HEAD") read_all(in, response, answer);
  } catch (const Poco::Exception &error) {
    answer.error = error.displayText();
  }
  // A reset ends Poco's stream without an exception of its own.
  if (const auto *cause = session.networkException()) answer.error = cause->displayText();
  return answer;
}

}  // namespace tapedeck::sim
