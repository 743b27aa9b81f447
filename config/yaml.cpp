// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// yaml-cpp's events to our tree: the only file that sees yaml-cpp, and where its exceptions end.
// Events instead of its own nodes, since those hide duplicate keys and share aliased values.
#include "config/yaml.h"

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>

#include "config/messages.h"

namespace xdpmirror {
namespace {

constexpr std::size_t kMostValues = 500'000;
constexpr std::size_t kFewKeys = 16;

// Ends the walk from inside the library's call; never leaves this file.
struct Stop {
    Error error;
};

// Values in a tree, the root included.
std::size_t count_values(const Node& node) {
    std::size_t count = 1;

    for (const Node& item : node.items) {
        count += count_values(item);
    }
    for (const Member& member : node.members) {
        count += count_values(member.value);
    }
    return count;
}

class TreeBuilder final : public YAML::EventHandler {
  public:
    explicit TreeBuilder(const std::string& file)
        : file_(std::make_shared<const std::string>(file)) {}

    void OnDocumentStart(const YAML::Mark& mark) override {
        start_ = place(mark);
        if (root_) {
            throw Stop{error_at<Message::kYamlDocuments>(start_)};
        }
    }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        add(Node{.kind = NodeKind::null, .place = place(mark), .members = {}}, anchor);
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto found = anchors_.find(anchor);

        if (found == anchors_.end()) {
            throw Stop{error_at<Message::kYamlAliasLoop>(place(mark))};
        }
        // Before the copy: aliases of aliases grow without bounds.
        values_ += count_values(found->second) - 1;
        check_size(place(mark));
        add(found->second, 0);
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        Node node{.kind = NodeKind::text,
                  .place = place(mark),
                  .quoted = tag == "!",
                  .text = value,
                  .members = {}};

        if (value.size() > kLongestText) {
            throw Stop{error_at<Message::kTextTooLong>(node.place, value.size(), kLongestText)};
        }
        check_tag(node.place, tag);
        if (!node.quoted && value.find('$') == std::string::npos) {
            type_plain_scalar(node);
        }
        add(std::move(node), anchor);
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(NodeKind::list, mark, tag, anchor);
    }
    void OnSequenceEnd() override { close(); }

    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(NodeKind::mapping, mark, tag, anchor);
    }
    void OnMapEnd() override { close(); }

    std::optional<Node> take_root() { return std::move(root_); }
    Place start() const { return start_; }

  private:
    struct Open {
        Node node;
        YAML::anchor_t anchor = 0;
        std::optional<Member> key;            // a mapping's key that waits for its value
        std::map<std::string, Place> keys{};  // only filled for large mappings
    };

    Place place(const YAML::Mark& mark) const {
        return Place{file_, mark.line + 1, mark.column + 1};
    }

    static void check_tag(const Place& at, const std::string& tag) {
        if (!tag.empty() && tag != "?" && tag != "!") {
            throw Stop{error_at<Message::kYamlTag>(at, tag)};
        }
    }

    void check_size(const Place& at) const {
        if (values_ > kMostValues) {
            throw Stop{error_at<Message::kYamlTooManyValues>(at, kMostValues)};
        }
    }

    void open(NodeKind kind, const YAML::Mark& mark, const std::string& tag,
              YAML::anchor_t anchor) {
        check_tag(place(mark), tag);
        open_.push_back(Open{.node = Node{.kind = kind, .place = place(mark), .members = {}},
                             .anchor = anchor,
                             .key = {}});
    }

    void close() {
        Open done = std::move(open_.back());

        open_.pop_back();
        add(std::move(done.node), done.anchor);
    }

    void add(Node node, YAML::anchor_t anchor) {
        values_++;
        check_size(node.place);
        if (anchor) {
            anchors_[anchor] = node;
        }
        if (open_.empty()) {
            root_ = std::move(node);
            return;
        }
        Open& parent = open_.back();
        if (parent.node.kind == NodeKind::list) {
            parent.node.items.push_back(std::move(node));
        } else if (!parent.key) {
            parent.key = make_key(parent, node);
        } else {
            const bool is_absent = node.kind == NodeKind::null && node.text.empty();
            if (is_absent) {
                node.place = parent.key->place;  // the library's is that of whatever comes next
            }
            parent.key->value = std::move(node);
            parent.node.members.push_back(*std::move(parent.key));
            parent.key.reset();
        }
    }

    static Member make_key(Open& parent, const Node& node) {
        const bool is_scalar = node.kind != NodeKind::list && node.kind != NodeKind::mapping;

        if (!is_scalar || (node.text.empty() && !node.quoted)) {
            throw Stop{error_at<Message::kYamlKey>(node.place, quote(node))};
        }
        if (const Place* first = find_key(parent, node.text)) {
            throw Stop{
                error_at<Message::kDuplicateKey>(node.place, node.text, first->position().text())};
        }
        return Member{.key = node.text, .place = node.place, .value = {}};
    }

    static const Place* find_key(Open& parent, const std::string& key) {
        const auto& members = parent.node.members;

        if (members.size() < kFewKeys) {
            const Member* member = parent.node.find_member(key);
            return member ? &member->place : nullptr;
        }
        for (std::size_t i = parent.keys.size(); i < members.size(); i++) {
            parent.keys.emplace(members[i].key, members[i].place);
        }
        const auto found = parent.keys.find(key);
        return found == parent.keys.end() ? nullptr : &found->second;
    }

    std::shared_ptr<const std::string> file_;
    Place start_;
    std::vector<Open> open_;
    std::map<YAML::anchor_t, Node> anchors_;
    std::optional<Node> root_;
    std::size_t values_ = 0;
};

Position position_of(const std::string& file, const YAML::Mark& mark) {
    return Position{file, std::max(mark.line, 0) + 1, std::max(mark.column, 0) + 1};
}

}  // namespace

Result<Node> parse_yaml(const std::string& text, const std::string& file) {
    TreeBuilder builder(file);
    std::istringstream stream(text);

    try {
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(builder)) {
        }
    } catch (const Stop& stop) {
        return stop.error;
    } catch (const YAML::DeepRecursion& error) {
        return error_at<Message::kYamlTooDeep>(position_of(file, error.mark));
    } catch (const YAML::Exception& error) {
        return error_at<Message::kYamlSyntax>(position_of(file, error.mark), error.msg);
    }
    auto root = builder.take_root();
    if (!root || (root->kind == NodeKind::null && root->text.empty())) {
        return error_at<Message::kYamlEmpty>(Position{file, 1, 1});
    }
    if (root->kind != NodeKind::mapping) {
        return error_at<Message::kYamlNotMapping>(root->place, quote(*root));
    }
    return *std::move(root);
}

}  // namespace xdpmirror
