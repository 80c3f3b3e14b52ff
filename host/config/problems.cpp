#include "config/problems.hpp"

#include <algorithm>
#include <tuple>

#include "base/text.hpp"

namespace tapedeck {
namespace {

// The edit distance takes time by length times number of names: nobody misspells beyond this.
constexpr std::size_t kMaxWord = 64;
constexpr std::size_t kMaxNames = 1000;
constexpr std::size_t kMaxListed = 30;

auto order(const Problem &p, const std::vector<std::string> &files) {
  const auto file = std::find(files.begin(), files.end(), p.at.file) - files.begin();
  return std::tuple(file, p.at.line, p.at.column, std::string_view(p.message));
}

}  // namespace

void add_problem(std::vector<Problem> &problems, const Location &at, std::string message) {
  problems.push_back({at, std::move(message), false});
}

void add_warning(std::vector<Problem> &problems, const Location &at, std::string message) {
  problems.push_back({at, std::move(message), true});
}

std::string quoted(std::string_view text) { return "'" + printable(text, 60) + "'"; }

std::string did_you_mean(std::string_view word, const std::vector<std::string> &names) {
  if (word.size() > kMaxWord || names.size() > kMaxNames) return {};
  const std::string near = nearest(word, names);
  return near.empty() ? std::string() : "; did you mean " + quoted(near) + "?";
}

std::string did_you_mean_or_list(std::string_view word, const std::vector<std::string> &names) {
  const std::string near = did_you_mean(word, names);
  if (!near.empty() || names.empty() || names.size() > kMaxListed) return near;
  return "; one of " + join(names, ", ");
}

void sort_problems(std::vector<Problem> &problems, const std::vector<std::string> &files) {
  std::stable_sort(problems.begin(), problems.end(), [&](const Problem &a, const Problem &b) {
    return order(a, files) < order(b, files);
  });
  const auto same = [&](const Problem &a, const Problem &b) {
    return a.at.file == b.at.file && order(a, files) == order(b, files);
  };
  problems.erase(std::unique(problems.begin(), problems.end(), same), problems.end());
}

bool has_errors(const std::vector<Problem> &problems) {
  return std::any_of(problems.begin(), problems.end(), [](const Problem &p) { return !p.warning; });
}

std::string place(const Location &at) {
  return at.file + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

}  // namespace tapedeck
