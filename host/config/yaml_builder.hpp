// Turns yaml-cpp's events into a YamlNode tree. The one header of ours that includes yaml-cpp: only
// yaml_builder.cpp and yaml_tree.cpp may include it.
#pragma once

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>

#include <functional>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/yaml_tree.hpp"

namespace tapedeck {

// Ends the reading of a file that cannot be read on sensibly.
struct YamlRefused : std::runtime_error {
  YamlRefused(const YAML::Mark &where, const std::string &message)
      : std::runtime_error(message), mark(where) {}
  YAML::Mark mark;
};

class YamlBuilder final : public YAML::EventHandler {
 public:
  using Locate = std::function<Location(const YAML::Mark &)>;
  // `locate_nothing` finds what stands before a value that was left out, where yaml-cpp marks what
  // comes after it.
  YamlBuilder(Locate locate, Locate locate_nothing, std::vector<Problem> &problems)
      : locate_(std::move(locate)),
        locate_nothing_(std::move(locate_nothing)),
        problems_(problems) {}

  YamlPtr root() const { return root_; }

  void OnDocumentStart(const YAML::Mark &mark) override;
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark &mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark &mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                const std::string &value) override;
  void OnSequenceStart(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { close(); }

 private:
  // A list or map whose end has not come yet.
  struct Open {
    std::shared_ptr<YamlNode> node;
    YAML::anchor_t anchor = 0;
    std::shared_ptr<const YamlNode> key;  // of a map: its value comes next
    std::unordered_map<std::string, Location> keys;
    std::vector<YamlPtr> merges;  // values of `<<`
  };

  std::shared_ptr<YamlNode> make(const YAML::Mark &mark, YamlNode::Kind kind);
  void check_tag(const YAML::Mark &mark, const std::string &tag);
  void open(const YAML::Mark &mark, YamlNode::Kind kind, const std::string &tag,
            YAML::anchor_t anchor);
  void close();
  void finish(const YamlPtr &node, YAML::anchor_t anchor);
  void add_to_map(Open &map, const YamlPtr &node);
  void apply_merges(Open &map);
  void merge_from(Open &map, const YamlPtr &source);
  void count(const YAML::Mark &mark, std::size_t nodes);

  Locate locate_;
  Locate locate_nothing_;
  std::vector<Problem> &problems_;
  YamlPtr root_;
  bool has_document_ = false;
  std::size_t nodes_ = 0;
  std::vector<Open> stack_;
  std::unordered_map<YAML::anchor_t, YamlPtr> anchors_;
};

}  // namespace tapedeck
