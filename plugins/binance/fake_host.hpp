// The kit's scripted host, whose socket acknowledges commands as Binance does.
#pragma once

#include "binance.hpp"
#include "kit/testing/calls.hpp"
#include "kit/testing/fake_host.hpp"
#include "kit/testing/stream_rig.hpp"

#include <string>

namespace binance::test {

using kit::test::Answer;
using kit::test::Budget;
using kit::test::Candle;
using kit::test::Candles;
using kit::test::candles_of;
using kit::test::CandlesAsked;
using kit::test::Event;
using kit::test::FakeSocket;
using kit::test::fetch_candles;
using kit::test::fetch_quotes;
using kit::test::parameter;
using kit::test::Quotes;
using kit::test::quotes_of;
using kit::test::Request;
using kit::test::search;
using kit::test::Streamed;
using kit::test::StreamedCandle;
using kit::test::Symbols;
using kit::test::trades_of;
using kit::test::Wanted;

// {"result":null,"id":3} for a command with that id.
void acknowledge(kit::test::FakeSocket &socket, const std::string &command);
std::string id_of(const std::string &command);

struct FakeHost : kit::test::FakeHost {
  FakeHost() {
    socket.on_send = [this](const std::string &command) { acknowledge(socket, command); };
  }
};

}  // namespace binance::test
