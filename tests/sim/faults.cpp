#include "sim/faults.hpp"

#include <array>

#include "sim/hashing.hpp"

namespace tapedeck::sim {
namespace {

struct Named {
  FaultKind kind;
  std::string_view name;
};

constexpr std::array<Named, 14> kKinds{{
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
}};

/// Whether `query` has `symbol=<symbol>` as a whole parameter.
bool asks_for(std::string_view query, std::string_view symbol) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    if (pair.starts_with("symbol=") && pair.substr(7) == symbol) return true;
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
  }
  return false;
}

bool matches(const Fault &fault, std::string_view vendor, const Request &request) {
  return fault.count != 0 && fault.vendor == vendor &&
         request.path.find(fault.path) != std::string::npos &&
         (fault.symbol.empty() || asks_for(request.query, fault.symbol));
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

std::uint64_t FaultPlan::next_random() { return hash_at(seed_ ^ 0x6661756c74, drawn_++); }

std::int64_t FaultPlan::add(Fault fault) {
  const std::lock_guard lock(mutex_);
  fault.id = next_id_++;
  faults_.push_back(std::move(fault));
  return faults_.back().id;
}

std::optional<FaultPlan::Hit> FaultPlan::take(std::string_view vendor, const Request &request) {
  const std::lock_guard lock(mutex_);
  for (Fault &fault : faults_) {
    if (!matches(fault, vendor, request)) continue;
    if (fault.after > 0) {
      --fault.after;
      continue;
    }
    const double drawn = static_cast<double>(next_random() >> 11) * 0x1p-53;
    if (drawn >= fault.probability) continue;
    if (fault.count > 0) --fault.count;
    ++fault.injected;
    return Hit{fault, next_random()};
  }
  return std::nullopt;
}

std::vector<Fault> FaultPlan::list() const {
  const std::lock_guard lock(mutex_);
  return faults_;
}

std::size_t FaultPlan::clear() {
  const std::lock_guard lock(mutex_);
  const std::size_t removed = faults_.size();
  faults_.clear();
  return removed;
}

}  // namespace tapedeck::sim
