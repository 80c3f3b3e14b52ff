#include "fake_host.hpp"

namespace binance::test {

void acknowledge(kit::test::FakeSocket &socket, const std::string &command) {
  socket.say("{\"result\":null,\"id\":" + id_of(command) + "}");
}

std::string id_of(const std::string &command) {
  const std::string mark = "\"id\":";
  const std::size_t at = command.find(mark) + mark.size();
  return command.substr(at, command.find('}', at) - at);
}

}  // namespace binance::test
