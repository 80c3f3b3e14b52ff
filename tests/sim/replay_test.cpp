// Recordings played again: byte by byte, in their order and at their pace.
#include "sim/replay.hpp"

#include <zlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "sim/binance/session.hpp"
#include "sim/stream_fixture.hpp"

namespace tapedeck::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::filesystem::path shared(const std::string &file) {
  const char *root = std::getenv("TAPEDECK_SHARED");
  return std::filesystem::path(root != nullptr ? root : TAPEDECK_SHARED_DEFAULT) / "data" / file;
}

/// A recording that ends with the test.
class Recording {
 public:
  explicit Recording(const std::string &lines)
      : file(std::filesystem::temp_directory_path() /
             ("replay_" + std::to_string(::getpid()) + "_" +
              testing::UnitTest::GetInstance()->current_test_info()->name() + ".jsonl")) {
    std::ofstream(file) << lines;
  }
  ~Recording() { std::filesystem::remove(file); }
  Recording(const Recording &) = delete;
  Recording &operator=(const Recording &) = delete;

  const std::filesystem::path file;
};

const char *const kLines =
    R"({"meta":"wss://somewhere"}
{"recv_ns":1000000000,"raw":{"stream":"abcusdt@trade","data":{"e":"trade","E":1,"s":"ABCUSDT","p":"1.50"}}}
{"recv_ns":1500000000,"raw":{"lastUpdateId":5,"bids":[["1","2"]],"asks":[]}}
{"recv_ns":2000000000,"raw":{"stream":"abcusdt@bookTicker","data":{"u":7,"s":"ABCUSDT","b":"1","B":"2","a":"3","A":"4"}}}
{"recv_s":3.25,"raw":{"e":"kline","s":"ABCUSDT","k":{"i":"1m","x":true,"o":"a\"}b"}}}
)";

TEST(ReplayTape, ReadsLinesOfAllForms) {
  const Recording recording(kLines);
  const ReplayTape tape = load_replay(recording.file, binance::stream_of_payload);
  ASSERT_EQ(tape.messages.size(), 3U) << "neither the snapshot nor the remark";
  EXPECT_THAT(tape.streams, ElementsAre("abcusdt@trade", "abcusdt@bookTicker", "abcusdt@kline_1m"));
  EXPECT_EQ(tape.messages[1].offset_us, 1'000'000);
  EXPECT_EQ(tape.messages[2].offset_us, 2'250'000);
  EXPECT_EQ(tape.payload(tape.messages[0]), R"({"e":"trade","E":1,"s":"ABCUSDT","p":"1.50"})");
  EXPECT_EQ(tape.payload(tape.messages[2]),
            R"({"e":"kline","s":"ABCUSDT","k":{"i":"1m","x":true,"o":"a\"}b"}})");
}

TEST(ReplayTape, RefusesWhatIsNone) {
  const Recording recording("{\"recv_ns\":1}\nnonsense\n");
  EXPECT_THROW(load_replay(recording.file, binance::stream_of_payload), ReplayError);
  EXPECT_THROW(load_replay("/nowhere.jsonl", binance::stream_of_payload), ReplayError);
  Options options = frozen_streams();
  options.replays = {{"kraken", recording.file}};
  EXPECT_THROW(Simulator{options}, std::invalid_argument);
}

Options replaying(const std::filesystem::path &file, bool fast) {
  Options options = frozen_streams();
  options.replays = {{"binance", file}};
  options.replay_fast = fast;
  return options;
}

TEST(Replay, KeepsThePaceOfTheClock) {
  const Recording recording(kLines);
  Simulator simulator(replaying(recording.file, false));
  StreamTestClient client(simulator, "/binance/stream");
  simulator.clock().advance(5'000);
  ASSERT_TRUE(client.subscribe({"abcusdt@trade", "abcusdt@bookTicker", "abcusdt@kline_1m"}));
  ASSERT_TRUE(client.wait_for_count(2)) << "it starts with the subscription";
  EXPECT_EQ(client.texts()[1],
            R"({"stream":"abcusdt@trade","data":{"e":"trade","E":1,"s":"ABCUSDT","p":"1.50"}})");
  simulator.clock().advance(999);
  ASSERT_TRUE(simulator.settle());
  EXPECT_EQ(simulator.messages_sent(), 1U);
  simulator.clock().advance(1);
  ASSERT_TRUE(simulator.settle());
  EXPECT_EQ(simulator.messages_sent(), 2U);
  simulator.clock().advance(1'250);
  EXPECT_THAT(client.wait_for_part("abcusdt@kline_1m\",\"data\""), HasSubstr("a\\\"}b"));
  simulator.clock().advance(10'000);
  ASSERT_TRUE(simulator.settle());
  EXPECT_EQ(simulator.messages_sent(), 3U) << "then it is silent";
  EXPECT_TRUE(client.connected());
}

TEST(Replay, GivesEachClientItsStreamsRawOrWrapped) {
  const Recording recording(kLines);
  Simulator simulator(replaying(recording.file, true));
  StreamTestClient raw(simulator, "/binance/ws/abcusdt@bookTicker");
  StreamTestClient other(simulator, "/binance/stream?streams=abcusdt@kline_1m");
  ASSERT_TRUE(raw.wait_for_count(1));
  EXPECT_THAT(raw.texts(), ElementsAre(R"({"u":7,"s":"ABCUSDT","b":"1","B":"2","a":"3","A":"4"})"));
  ASSERT_TRUE(other.wait_for_count(1));
  EXPECT_THAT(other.texts().front(), testing::StartsWith(R"({"stream":"abcusdt@kline_1m",)"));
  const TestClient rest(simulator);
  const Answer info = rest.get("/binance/api/v3/exchangeInfo?symbol=ABCUSDT");
  EXPECT_THAT(info.body, HasSubstr(R"("symbol":"ABCUSDT","status":"TRADING","baseAsset":"ABC")"));
}

/// The messages of a recording as they stand in its file.
std::vector<std::string> recorded_texts(const std::filesystem::path &file) {
  std::vector<std::string> texts;
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> gz(gzopen(file.c_str(), "rb"), &gzclose);
  std::vector<char> line(1 << 20);
  while (gz && gzgets(gz.get(), line.data(), static_cast<int>(line.size())) != nullptr) {
    const std::string text(line.data());
    const std::size_t begin = text.find("\"raw\":") + 6;
    const std::string raw = text.substr(begin, text.rfind('}') - begin);
    if (raw.find("\"stream\":") != std::string::npos) texts.push_back(raw);
  }
  return texts;
}

TEST(Replay, PlaysTheRealRecordingByteByByte) {
  const auto file = shared("stream_binance_spot_btcusdt/binance_spot_btcusdt_20240808.jsonl.gz");
  if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is not here";
  Simulator simulator(replaying(file, true));
  StreamTestClient all(
      simulator, "/binance/stream?streams=btcusdt@trade/btcusdt@bookTicker/btcusdt@depth@100ms");
  StreamTestClient trades(simulator, "/binance/stream?streams=btcusdt@trade");
  const std::vector<std::string> expected = recorded_texts(file);
  ASSERT_EQ(expected.size(), 41'248U);
  all.timeout = std::chrono::seconds(60);
  ASSERT_TRUE(all.wait_for_count(expected.size()));
  EXPECT_TRUE(all.texts() == expected);
  ASSERT_TRUE(trades.wait_for_count(9'757));
  EXPECT_TRUE(simulator.settle());
  EXPECT_EQ(simulator.messages_sent(), 41'248U + 9'757U);
}

TEST(Replay, PlaysTheOtherRealRecording) {
  const auto file = shared("stream_cryptofeed_share/binance_us.jsonl");
  if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is not here";
  Simulator simulator(replaying(file, false));
  StreamTestClient client(simulator, "/binance/stream?streams=omgbusd@kline_1m");
  ASSERT_TRUE(client.wait_for([&] { return simulator.streams().size() == 1; }));
  simulator.clock().advance(60'000);
  EXPECT_THAT(client.wait_for_part("\"x\":true"), HasSubstr("\"E\":1633998301755"));
}

}  // namespace
}  // namespace tapedeck::sim
