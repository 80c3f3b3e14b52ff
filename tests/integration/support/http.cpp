#include "support/http.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/StreamCopier.h>
#include <Poco/String.h>

namespace tapedeck::integration {

HttpAnswer http(std::uint16_t port, const std::string &method, const std::string &path, const std::string &body) {
  HttpAnswer answer;
  try {
    Poco::Net::HTTPClientSession session("127.0.0.1", port);
    session.setTimeout(Poco::Timespan(30, 0));
    Poco::Net::HTTPRequest request(method, path, Poco::Net::HTTPMessage::HTTP_1_1);
    request.setContentLength64(static_cast<Poco::Int64>(body.size()));
    session.sendRequest(request) << body;
    Poco::Net::HTTPResponse response;
    std::istream &in = session.receiveResponse(response);
    Poco::StreamCopier::copyToString(in, answer.body);
    for (const auto &[name, value] : response) answer.headers[Poco::toLower(name)] = value;
    answer.status = response.getStatus();
  } catch (const Poco::Exception &error) {
    answer.error = error.displayText();
  }
  return answer;
}

}  // namespace tapedeck::integration
