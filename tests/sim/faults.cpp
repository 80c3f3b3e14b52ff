#include "sim/faults.hpp"

#include <algorithm>
#include <array>

#include "sim/hashing.hpp"

namespace tapedeck::sim {
namespace {

struct Named {
  FaultKind kind;
  std::string_view name;
};

constexpr std::array<Named, 26> kKinds{{
    {FaultKind::Delay, "delay"},
    {FaultKind::Status, "status"},
    {FaultKind::Reset, "reset"},
    {FaultKind::Close, "close"},
    {FaultKind::TruncatedJson, "truncated_json"},
    {FaultKind::Html200, "html_200"},
    {FaultKind::Empty200, "empty_200"},
    {FaultKind::EmptyBody, "empty_body"},
    {FaultKind::DuplicateRows, "duplicate_rows"},
    {FaultKind::UnorderedRows, "unordered_rows"},
    {FaultKind::ShortPage, "short_page"},
    {FaultKind::Garbage, "garbage"},
    {FaultKind::SlowDrip, "slow_drip"},
    {FaultKind::Hang, "hang"},
    {FaultKind::Cut, "cut"},
    {FaultKind::ResetMidFrame, "reset_mid_frame"},
    {FaultKind::HalfOpen, "half_open"},
    {FaultKind::Mute, "mute"},
    {FaultKind::Refuse, "refuse"},
    {FaultKind::GarbageJson, "garbage_json"},
    {FaultKind::HugeFrame, "huge_frame"},
    {FaultKind::Duplicates, "duplicates"},
    {FaultKind::Reorder, "reorder"},
    {FaultKind::LateClose, "late_close"},
    {FaultKind::MassReconnect, "mass_reconnect"},
    {FaultKind::ServerShutdown, "server_shutdown"},
}};

/// Whether `symbol` is a whole part of the path, as in `/v2/aggs/ticker/AAPL/prev`.
bool is_in_path(std::string_view path, std::string_view symbol) {
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view part = path.substr(0, path.find('/'));
    if (part == symbol) return true;
    path.remove_prefix(part.size());
  }
  return false;
}

/// Whether `query` has `symbol=<symbol>` as a whole parameter.
bool asks_for(std::string_view query, std::string_view symbol) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    if (pair.starts_with("symbol=") && pair.substr(7) == symbol) return true;
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
  }
  return false;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Whether `stream` is of `symbol`: `btcusdt@trade` of `BTCUSDT`, `T.BRK.B` of `BRK.B`.
bool is_of(std::string_view stream, std::string_view symbol) {
  const bool channel_first = stream.find('@') == stream.npos && stream.find('.') != stream.npos;
  const std::string_view name = channel_first ? stream.substr(stream.find('.') + 1)
                                              : stream.substr(0, stream.find('@'));
  return std::equal(name.begin(), name.end(), symbol.begin(), symbol.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

bool matches(const Fault &fault, const StreamMoment &moment) {
  return fault.on_stream && fault.count != 0 && fault.vendor == moment.vendor &&
         moment.now_ms < fault.until_ms && moment.path.find(fault.path) != std::string_view::npos;
}

bool matches(const Fault &fault, std::string_view vendor, const Request &request) {
  return !fault.on_stream && fault.count != 0 && fault.vendor == vendor &&
         request.path.find(fault.path) != std::string::npos &&
         (fault.symbol.empty() || asks_for(request.query, fault.symbol) ||
          is_in_path(request.path, fault.symbol));
}

}  // namespace

std::string_view name_of(FaultKind kind) {
  for (const Named &named : kKinds)
    if (named.kind == kind) return named.name;
  return "unknown";
}

std::optional<FaultKind> find_fault_kind(std::string_view name) {
  for (const Named &named : kKinds)
    if (named.name == name) return named.kind;
  return std::nullopt;
}

std::string fault_kind_names() {
  std::string names;
  for (const Named &named : kKinds) names.append(names.empty() ? "" : ", ").append(named.name);
  return names;
}

StreamUse stream_use(FaultKind kind) {
  if (kind >= FaultKind::Cut) return StreamUse::Always;
  const bool both =
      kind == FaultKind::Close || kind == FaultKind::Garbage || kind == FaultKind::SlowDrip;
  return both ? StreamUse::Optional : StreamUse::Never;
}

bool names(const Fault &fault, std::string_view stream) {
  return stream.find(fault.stream) != std::string_view::npos &&
         (fault.symbol.empty() || is_of(stream, fault.symbol));
}

bool concerns(const Fault &fault, std::string_view vendor, std::string_view path,
              std::span<const std::string> streams) {
  if (fault.vendor != vendor || path.find(fault.path) == std::string_view::npos) return false;
  if (fault.stream.empty() && fault.symbol.empty()) return true;
  return std::any_of(streams.begin(), streams.end(),
                     [&](const std::string &stream) { return names(fault, stream); });
}

std::uint64_t FaultPlan::next_random() { return hash_at(seed_ ^ 0x6661756c74, drawn_++); }

std::int64_t FaultPlan::add(Fault fault, std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  fault.id = next_id_++;
  fault.on_stream = fault.on_stream || stream_use(fault.kind) == StreamUse::Always;
  const bool lasts = fault.kind != FaultKind::Mute && fault.kind != FaultKind::HalfOpen;
  if (fault.duration_ms > 0 && lasts) fault.until_ms = now_ms + fault.duration_ms;
  if (fault.on_stream) any_stream_ = true;
  faults_.push_back(std::move(fault));
  return faults_.back().id;
}

/// Lets pass, throws the dice and counts; a match is not yet a hit.
std::optional<FaultPlan::Hit> FaultPlan::hit(Fault &fault) {
  if (fault.after > 0) {
    --fault.after;
    return std::nullopt;
  }
  const double drawn = static_cast<double>(next_random() >> 11) * 0x1p-53;
  if (drawn >= fault.probability) return std::nullopt;
  if (fault.count > 0) --fault.count;
  ++fault.injected;
  return Hit{fault, next_random()};
}

std::optional<FaultPlan::Hit> FaultPlan::take(std::string_view vendor, const Request &request) {
  const std::lock_guard lock(mutex_);
  for (Fault &fault : faults_)
    if (matches(fault, vendor, request))
      if (auto found = hit(fault)) return found;
  return std::nullopt;
}

std::optional<FaultPlan::Hit> FaultPlan::take_message(const StreamMoment &moment) {
  if (!any_stream_) return std::nullopt;
  const std::lock_guard lock(mutex_);
  for (Fault &fault : faults_) {
    if (fault.kind == FaultKind::Refuse || !matches(fault, moment)) continue;
    if (!names(fault, moment.stream)) continue;
    if (fault.kind == FaultKind::LateClose && !moment.closing) continue;
    if (auto found = hit(fault)) return found;
  }
  return std::nullopt;
}

std::optional<FaultPlan::Hit> FaultPlan::take_upgrade(const StreamMoment &moment) {
  if (!any_stream_) return std::nullopt;
  const std::lock_guard lock(mutex_);
  for (Fault &fault : faults_)
    if (fault.kind == FaultKind::Refuse && matches(fault, moment))
      if (auto found = hit(fault)) return found;
  return std::nullopt;
}

std::optional<FaultPlan::Hit> FaultPlan::take_connection(const Fault &fault) {
  const std::lock_guard lock(mutex_);
  Fault copy = fault;
  copy.after = 0;
  return hit(copy);
}

std::vector<Fault> FaultPlan::list() const {
  const std::lock_guard lock(mutex_);
  return faults_;
}

std::size_t FaultPlan::clear() {
  const std::lock_guard lock(mutex_);
  const std::size_t removed = faults_.size();
  faults_.clear();
  any_stream_ = false;
  return removed;
}

}  // namespace tapedeck::sim
