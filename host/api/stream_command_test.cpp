// The parser of the clients' commands.
#include "api/stream_command.hpp"

#include <gtest/gtest.h>

using namespace tapedeck;
using namespace tapedeck::api;
namespace {

StreamCommand parsed(std::string_view text) {
  std::string id;
  return parse_command(text, id);
}

// "code: message" of the error.
std::string error_of(std::string_view text) {
  try {
    parsed(text);
  } catch (const StreamError &e) {
    return e.code + ": " + e.what() + (e.hint.empty() ? "" : "; " + e.hint);
  }
  return "accepted";
}

}  // namespace

TEST(StreamCommand, AnIntervalMeansCandlesAndNoneQuotes) {
  const StreamCommand candles = parsed(R"({"action":"subscribe","symbol":"BTC/USDT","interval":"5m"})");
  EXPECT_EQ(candles.channel, Channel::Candles);
  EXPECT_EQ(candles.interval.name(), "5m");
  EXPECT_EQ(candles.symbol, "BTC/USDT");
  EXPECT_EQ(parsed(R"({"action":"subscribe","symbol":"X"})").channel, Channel::Quotes);
  const StreamCommand trades = parsed(R"({"action":"unsubscribe","symbol":"X","channel":"trades"})");
  EXPECT_EQ(trades.channel, Channel::Trades);
  EXPECT_EQ(trades.action, StreamCommand::Action::Unsubscribe);
}

TEST(StreamCommand, ATapIsOfWhatIsPublishedUnlessItSaysOtherwise) {
  const StreamCommand tap = parsed(R"({"action":"tap","pipeline":"p"})");
  EXPECT_EQ(tap.pipeline, "p");
  EXPECT_EQ(tap.stage, LiveStage::Published);
  EXPECT_EQ(parsed(R"({"action":"tap","pipeline":"p","stage":"received"})").stage, LiveStage::Received);
}

TEST(StreamCommand, EveryMistakeIsNamed) {
  const std::pair<const char *, const char *> cases[] = {
      {"", "bad_json"},
      {"{", "bad_json"},
      {"[]", "bad_json: this is JSON, but no object"},
      {"{}", "invalid_parameter: 'action' is missing"},
      {R"({"action":"subscrib"})", "unknown_action: unknown action 'subscrib'; did you mean 'subscribe'?"},
      {R"({"action":7})", "invalid_parameter: 'action' has to be a text"},
      {R"({"action":"subscribe"})", "invalid_parameter: 'symbol' is missing"},
      {R"({"action":"subscribe","symbol":""})", "invalid_parameter: 'symbol' has to be a text"},
      {R"({"action":"subscribe","symbol":["A"]})", "invalid_parameter: 'symbol' has to be a text"},
      {R"({"action":"subscribe","symbol":"A","intervall":"1m"})", "invalid_parameter: unknown field 'intervall'; did you mean 'interval'?"},
      {R"({"action":"subscribe","symbol":"A","interval":"7m"})", "unknown_interval: unknown interval '7m'; there are: 1s, 1m"},
      {R"({"action":"subscribe","symbol":"A","channel":"candles"})", "invalid_parameter: 'interval' is missing"},
      {R"({"action":"subscribe","symbol":"A","channel":"qoutes"})", "invalid_parameter: unknown channel 'qoutes'; did you mean 'quotes'?"},
      {R"({"action":"subscribe","symbol":"A","interval":"1m","price":"last"})", "invalid_parameter: unknown price 'last'"},
      {R"({"action":"subscribe","symbol":"A","price":"bid"})", "invalid_parameter: only candles have a price"},
      {R"({"action":"subscribe","symbol":"A","channel":"quotes","interval":"1m"})", "invalid_parameter: only candles have an interval"},
      {R"({"action":"tap"})", "invalid_parameter: 'pipeline' is missing"},
      {R"({"action":"tap","pipeline":"p","stage":"recieved"})", "invalid_parameter: unknown stage 'recieved'; did you mean 'received'?"},
      {R"({"action":"subscribe","symbol":"A","id":{}})", "invalid_parameter: 'id' has to be"},
      {R"({"action":"subscribe","symbol":"A","id":1.5})", "invalid_parameter: 'id' has to be"},
  };
  for (const auto &[text, error] : cases) EXPECT_EQ(error_of(text).substr(0, std::string(error).size()), error) << text;
}

TEST(StreamCommand, DeepNestingIsRefused) {
  EXPECT_EQ(error_of(std::string(60'000, '[')).substr(0, 8), "bad_json");
}

TEST(StreamCommand, TheIdIsKnownEvenWhenTheRestIsWrong) {
  std::string id;
  EXPECT_THROW(parse_command(R"({"action":"fly","id":"a\nb"})", id), StreamError);
  EXPECT_EQ(id, R"("a\nb")");
}
