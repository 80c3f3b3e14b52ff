// A line stream on a connection.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "net/chunk_decoder.hpp"
#include "net/line_splitter.hpp"
#include "net/line_stream.hpp"
#include "net/stream_call.hpp"
#include "net/tape_recorder.hpp"

namespace tapedeck {

class NetworkLineStream final : public LineStream {
 public:
  // Throws Error as HttpClient::open_lines(). `text` begins every error.
  static std::unique_ptr<NetworkLineStream> open(StreamCall &call, std::string text);

  // From now on, what comes is recorded.
  void record(std::unique_ptr<TapeTrack> track) { track_ = std::move(track); }

  tdk_status receive(std::int64_t timeout_ns, const LineHandler &on_line, const tdk_cancel *cancel) override;
  void close() noexcept override;

 private:
  enum class Framing : std::uint8_t { Chunked, Sized, ToEnd };
  NetworkLineStream(OpenedStream opened, std::string text, Framing framing, std::uint64_t size);
  void require_open() const;
  tdk_status hand_over(const LineHandler &on_line, bool &handed);
  void read_more(IoScope &scope);
  void take(std::string_view bytes);
  void on_end();
  [[noreturn]] void end(tdk_status status, const std::string &why);

  const std::string text_;
  const Framing framing_;
  std::unique_ptr<StreamChannel> channel_;  // NULL once closed
  std::uint64_t left_;  // of a body with a length
  bool body_ended_ = false;
  ChunkDecoder chunks_;
  LineSplitter lines_;
  std::unique_ptr<TapeTrack> track_;
  std::string buffer_, decoded_;  // scratch
  std::optional<Error> ended_;
  bool receiving_ = false;
};

}  // namespace tapedeck
