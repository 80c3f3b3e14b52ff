#include "config/yaml_tree.hpp"

#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>

#include "base/text.hpp"
#include "config/problems.hpp"
#include "config/yaml_builder.hpp"

namespace tapedeck {
namespace {

// Finds the line of a text, to count columns in characters where yaml-cpp counts bytes.
class Lines {
 public:
  Lines(const std::string &file, const std::string &text) : file_(file), text_(text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') starts_.push_back(i + 1);
      if ((static_cast<unsigned char>(text[i]) & 0xc0) == 0x80) continued_.push_back(i);
    }
  }

  Location locate(const YAML::Mark &mark) const {
    return mark.is_null() ? Location{file_, 0, 0} : at(offset(mark));
  }

  // Of a value that was left out: the '-' or ':' before it, as far as no comment stands between.
  Location locate_nothing(const YAML::Mark &mark) const {
    const std::size_t here = offset(mark);
    const std::string_view word = std::string_view(text_).substr(here, 4);
    if (word.starts_with('~') || word == "null" || word == "Null" || word == "NULL")
      return at(here);
    const std::size_t before = here == 0 ? 0 : text_.find_last_not_of(" \t\r\n", here - 1);
    return at(before == std::string::npos ? here : before);
  }

  std::string_view text(const YAML::Mark &mark) const {
    const auto line = static_cast<std::size_t>(std::max(mark.line, 0));
    if (line >= starts_.size()) return {};
    const std::size_t end = std::min(text_.find('\n', starts_[line]), text_.size());
    return std::string_view(text_).substr(starts_[line], end - starts_[line]);
  }

 private:
  std::size_t offset(const YAML::Mark &mark) const {
    const auto line = static_cast<std::size_t>(std::max(mark.line, 0));
    const std::size_t start = line < starts_.size() ? starts_[line] : text_.size();
    return std::min(start + static_cast<std::size_t>(std::max(mark.column, 0)), text_.size());
  }

  Location at(std::size_t place) const {
    const auto after = std::upper_bound(starts_.begin(), starts_.end(), place);
    const std::size_t start = *std::prev(after);
    const auto from = std::lower_bound(continued_.begin(), continued_.end(), start);
    const auto to = std::lower_bound(from, continued_.end(), place);
    return {file_, static_cast<int>(after - starts_.begin()),
            static_cast<int>(place - start) - static_cast<int>(to - from) + 1};
  }

  const std::string &file_;
  const std::string &text_;
  std::vector<std::size_t> starts_ = {0};
  std::vector<std::size_t> continued_;  // where the second and later bytes of characters are
};

std::string syntax_message(const YAML::Exception &error, std::string_view line) {
  const std::size_t indent = line.find_first_not_of(" \t");
  const bool tab = line.substr(0, indent).find('\t') != std::string_view::npos;
  if (tab) return "not valid YAML: a tab indents this line; YAML takes spaces only";
  const bool colon = error.msg == "illegal map value";
  return "not valid YAML: " + printable(error.msg) +
         (colon ? "; mind the indentation, and put a text with ': ' in quotes" : "");
}

}  // namespace

const YamlPair *YamlNode::find(const std::string &key) const {
  const auto it =
      std::find_if(pairs.begin(), pairs.end(), [&](const YamlPair &p) { return p.key == key; });
  return it == pairs.end() ? nullptr : &*it;
}

std::string YamlNode::description() const {
  switch (kind) {
    case Kind::Null:
      return "nothing";
    case Kind::Scalar:
      return quoted(text);
    case Kind::List:
      return "a list";
    case Kind::Map:
      return "a map";
  }
  return {};
}

YamlPtr parse_yaml(const std::string &file, const std::string &text,
                   std::vector<Problem> &problems) {
  const Lines lines(file, text);
  YamlBuilder builder([&](const YAML::Mark &mark) { return lines.locate(mark); },
                      [&](const YAML::Mark &mark) { return lines.locate_nothing(mark); }, problems);
  std::istringstream in(text);
  try {
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(builder)) {
    }
    if (!builder.root()) add_problem(problems, {file, 0, 0}, kEmptyFile);
    return builder.root();
  } catch (const YamlRefused &e) {
    add_problem(problems, lines.locate(e.mark), e.what());
  } catch (const YAML::Exception &e) {
    add_problem(problems, lines.locate(e.mark), syntax_message(e, lines.text(e.mark)));
  }
  return nullptr;
}

}  // namespace tapedeck
