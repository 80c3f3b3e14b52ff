#include "net/network_line_stream.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "net/receiving.hpp"

namespace tapedeck {
namespace {

constexpr std::size_t kMaxLine = std::size_t{1024} * 1024;
constexpr std::size_t kPiece = std::size_t{64} * 1024;

// The length a head claims; nothing when it claims none that can be read.
std::optional<std::uint64_t> length_of(const HttpHead &head) {
  const std::string_view text = head.header("Content-Length");
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return size;
}

bool is_plain(std::string_view coding) { return coding.empty() || equal_ignoring_case(coding, "identity"); }

}  // namespace

std::unique_ptr<NetworkLineStream> NetworkLineStream::open(StreamCall &call, std::string text) {
  OpenedStream opened = call.open({{"Accept-Encoding", "identity"}, {"Connection", "close"}});
  const HttpHead &head = opened.head;
  if (head.status < 200 || head.status > 299) call.refuse(opened, "the vendor refused the stream");
  if (!is_plain(head.header("Content-Encoding")))
    call.refuse(opened, "the vendor compressed the stream, which was not offered");
  const std::string_view transfer = head.header("Transfer-Encoding");
  const bool chunked = equal_ignoring_case(transfer, "chunked");
  if (!chunked && !is_plain(transfer)) call.refuse(opened, "the answer has an unknown Transfer-Encoding");
  const auto size = length_of(head);
  if (!chunked && !size && !head.header("Content-Length").empty())
    call.refuse(opened, "the answer has no usable Content-Length");
  const Framing framing = chunked ? Framing::Chunked : size ? Framing::Sized : Framing::ToEnd;
  return std::unique_ptr<NetworkLineStream>(
      new NetworkLineStream(std::move(opened), std::move(text), framing, size.value_or(0)));
}

NetworkLineStream::NetworkLineStream(OpenedStream opened, std::string text, Framing framing, std::uint64_t size)
    : text_(std::move(text)),
      framing_(framing),
      channel_(std::move(opened.channel)),
      left_(size),
      body_ended_(framing == Framing::Sized && size == 0),
      lines_(kMaxLine),
      buffer_(kPiece, '\0') {
  take(opened.rest);
}

void NetworkLineStream::require_open() const {
  if (ended_) throw Error(*ended_);
  if (channel_ == nullptr) throw Error(TDK_INVALID_ARGUMENT, text_ + ": the stream was closed by its user");
}

void NetworkLineStream::end(tdk_status status, const std::string &why) {
  ended_.emplace(status, text_ + ": " + why);
  channel_.reset();
  if (track_) track_->ended(why);
  throw Error(*ended_);
}

tdk_status NetworkLineStream::receive(std::int64_t timeout_ns, const LineHandler &on_line, const tdk_cancel *cancel) {
  require_open();
  timeout_ns = std::max<std::int64_t>(timeout_ns, 0);
  IoScope scope(cancel, timeout_ns);
  try {
    scope.begin("waiting for a line", timeout_ns);
    bool handed = false;
    for (bool first = true;; first = false) {
      heed(cancel, text_);
      const tdk_status status = hand_over(on_line, handed);
      if (status != TDK_OK || handed) return status;
      if (lines_.too_long()) end(TDK_BAD_DATA, "a line is over the limit of 1 MiB");
      if (*chunks_.error() != 0) end(TDK_BAD_DATA, std::string("the vendor broke the chunks: ") + chunks_.error());
      if (body_ended_) on_end();
      if (!first && scope.left_ns() <= 0) return TDK_OK;  // one who drips bytes never lets us wait
      read_more(scope);
    }
  } catch (const NetFailure &failure) {
    if (failure.fault() == NetFault::Timeout) return TDK_OK;
    if (failure.fault() == NetFault::Cancelled || failure.fault() == NetFault::CallerTimeout)
      throw Error(failure.code(), text_ + ": " + failure.what());
    end(TDK_UNAVAILABLE, failure.what());
  }
}

tdk_status NetworkLineStream::hand_over(const LineHandler &on_line, bool &handed) {
  const Receiving receiving(receiving_, text_);
  while (channel_ != nullptr) {
    const auto line = lines_.next();
    if (!line) return TDK_OK;
    if (track_) track_->received_line(*line);
    handed = true;
    if (const tdk_status status = on_line(*line); status != TDK_OK) return status;
  }
  return TDK_STOP;  // the handler closed it
}

void NetworkLineStream::read_more(IoScope &scope) {
  if (track_) track_->flush();
  const std::size_t size = channel_->receive(buffer_, scope);
  if (size == 0) {
    if (framing_ != Framing::ToEnd) end(TDK_UNAVAILABLE, "the vendor closed the connection in the middle of the stream");
    on_end();
  }
  take(std::string_view(buffer_).substr(0, size));
}

void NetworkLineStream::take(std::string_view bytes) {
  switch (framing_) {
    case Framing::ToEnd: return lines_.append(bytes);
    case Framing::Sized: {
      bytes = bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size())));
      left_ -= bytes.size();
      body_ended_ = left_ == 0;
      return lines_.append(bytes);
    }
    case Framing::Chunked: {
      decoded_.clear();
      chunks_.feed(bytes, decoded_);
      body_ended_ = chunks_.ended();
      return lines_.append(decoded_);
    }
  }
}

void NetworkLineStream::on_end() {
  end(TDK_UNAVAILABLE, lines_.rest().empty() ? "the vendor ended the stream"
                                             : "the vendor ended the stream in the middle of a line");
}

void NetworkLineStream::close() noexcept {
  channel_.reset();
  track_.reset();
}

}  // namespace tapedeck
