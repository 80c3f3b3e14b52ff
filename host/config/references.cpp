#include "config/references.hpp"

#include <algorithm>
#include <cctype>

#include "config/problems.hpp"

namespace tapedeck {
namespace {

// The value, or what is wrong.
struct Answer {
  std::string value;
  std::string problem;
};

bool is_env_name(const std::string &name) {
  const auto ok = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; };
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0 &&
         std::all_of(name.begin(), name.end(), ok);
}

Answer from_env(const std::string &name, const ConfigInput &input) {
  if (name.find(":-") != std::string::npos)
    return {"", quoted("${env:" + name + "}") + ": defaults (':-') are not supported"};
  if (!is_env_name(name)) return {"", quoted(name) + " is no name of an environment variable"};
  auto value = input.env ? input.env(name) : std::nullopt;
  if (!value) return {"", "environment variable " + quoted(name) + " is not set"};
  return {std::move(*value), ""};
}

Answer from_file(const std::string &path, const ConfigInput &input) {
  if (path.empty()) return {"", "'${file:}' names no file"};
  FileText file = input.read_file ? input.read_file(path) : FileText{"", "no such file"};
  if (!file.error.empty()) return {"", "secret file " + quoted(path) + ": " + file.error};
  if (file.text.ends_with('\n')) file.text.pop_back();
  if (file.text.ends_with('\r')) file.text.pop_back();
  return {std::move(file.text), ""};
}

// `inner` is what stands between the braces.
Answer look_up(const std::string &inner, const ConfigInput &input) {
  const std::size_t colon = inner.find(':');
  if (colon == std::string::npos)
    return {"", quoted("${" + inner + "}") + " names no source; write ${env:NAME} or ${file:PATH}"};
  const std::string scheme = inner.substr(0, colon);
  const std::string rest = inner.substr(colon + 1);
  if (scheme == "env") return from_env(rest, input);
  if (scheme == "file") return from_file(rest, input);
  if (scheme == "vault")
    return {"",
            "'${vault:}' comes with a later version of Tapedeck; use ${env:NAME} or ${file:PATH}"};
  return {"", "unknown source " + quoted(scheme) + " in " + quoted("${" + inner + "}") +
                  did_you_mean_or_list(scheme, {"env", "file"})};
}

}  // namespace

std::optional<ResolvedText> resolve_references(const std::string &text, const Location &at,
                                               const ConfigInput &input,
                                               std::vector<Problem> &problems) {
  ResolvedText out;
  bool ok = true;
  for (std::size_t i = 0; i < text.size();) {
    if (text.compare(i, 3, "$${") == 0) {
      out.value += "${";
      i += 3;
    } else if (text.compare(i, 2, "${") == 0) {
      const std::size_t end = text.find('}', i);
      const bool closed = end != std::string::npos;
      const Answer answer =
          closed ? look_up(text.substr(i + 2, end - i - 2), input)
                 : Answer{"", "'${' is not closed by '}'; write '$${' for a literal one"};
      if (!answer.problem.empty()) add_problem(problems, at, answer.problem);
      ok = ok && answer.problem.empty();
      out.value += answer.value;
      out.from_reference = true;
      i = closed ? end + 1 : text.size();
    } else {
      out.value += text[i++];
    }
  }
  return ok ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace tapedeck
