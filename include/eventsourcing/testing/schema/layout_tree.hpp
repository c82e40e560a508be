// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_SCHEMA_LAYOUT_TREE_HPP
#define EVENTSOURCING_TESTING_SCHEMA_LAYOUT_TREE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/type_name.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eventsourcing::detail::schema {

/// A layout text, taken apart. `text` is its part of that text, which must outlive it.
struct LayoutTree {
    enum class Kind : std::uint8_t {
        word,        // bool, uint32, text(Uuid), own(Money 2), ^1, ...
        fields,      // {name:T,...}
        enumerators, // <name|...>
        variant,     // (tag:T|...)
        list,        // [T], set[T], [T;3], [T,U,], map[K,V]
    };
    Kind kind = Kind::word;
    std::string_view text{};
    bool optional = false;
    std::vector<std::string_view> names{}; // of fields, enumerators, alternatives
    std::vector<LayoutTree> parts{};       // of fields, alternatives, elements
    std::string_view word{};               // what stands before and after the parts of a list
};

/// Reads a layout text as `layout_text` writes it.
class LayoutReader {
public:
    explicit LayoutReader(std::string_view text) : text_(text) {}

    /// Nothing if the text is no layout.
    [[nodiscard]] std::optional<LayoutTree> read() {
        LayoutTree tree;
        if (!type(tree, 0) || at_ != text_.size())
            return std::nullopt;
        return tree;
    }

private:
    using Kind = LayoutTree::Kind;
    static constexpr int deepest = 100;

    [[nodiscard]] char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    bool take(char c) {
        if (next() != c)
            return false;
        ++at_;
        return true;
    }
    bool take(std::string_view word) {
        if (!text_.substr(at_).starts_with(word))
            return false;
        at_ += word.size();
        return true;
    }

    bool type(LayoutTree& tree, int depth) {
        const std::size_t begin = at_;
        if (depth > deepest || !plain(tree, depth))
            return false;
        tree.optional = take('?');
        tree.text = text_.substr(begin, at_ - begin);
        return true;
    }
    bool plain(LayoutTree& tree, int depth) {
        if (take('{'))
            return named(tree, Kind::fields, ',', '}', depth);
        if (take('('))
            return named(tree, Kind::variant, '|', ')', depth);
        if (take('<'))
            return enumerators(tree);
        if (take("map[") || take("set[") || take('['))
            return list(tree, depth);
        return word();
    }

    bool name(std::string_view& out) {
        const std::size_t begin = at_;
        if (take('"')) {
            while (next() != '"') {
                at_ += next() == '\\' ? 2U : 1U;
                if (at_ >= text_.size())
                    return false;
            }
            ++at_;
        } else {
            while (is_name_part(next()))
                ++at_;
        }
        out = text_.substr(begin, at_ - begin);
        return !out.empty();
    }
    bool named(LayoutTree& tree, Kind kind, char separator, char end, int depth) {
        tree.kind = kind;
        if (take(end))
            return true;
        do {
            if (!name(tree.names.emplace_back()) || !take(':') ||
                !type(tree.parts.emplace_back(), depth + 1))
                return false;
        } while (take(separator));
        return take(end);
    }
    bool enumerators(LayoutTree& tree) {
        tree.kind = Kind::enumerators;
        if (take('>'))
            return true;
        do
            if (!name(tree.names.emplace_back()))
                return false;
        while (take('|'));
        return take('>');
    }
    bool list(LayoutTree& tree, int depth) {
        tree.kind = Kind::list;
        if (!take(',')) {
            do {
                if (next() == ']')
                    break; // a tuple ends with a comma
                if (!type(tree.parts.emplace_back(), depth + 1))
                    return false;
            } while (take(','));
        }
        const std::size_t end = at_;
        if (take(';'))
            while (is_digit(next()))
                ++at_;
        // what is not a part: the size of an array, the comma of a tuple
        tree.word = text_[end - 1] == ',' ? text_.substr(end - 1, 1) : text_.substr(end, at_ - end);
        return take(']');
    }
    bool word() {
        const std::size_t begin = at_;
        if (!take('^') && !is_name_part(next()))
            return false;
        while (is_name_part(next()))
            ++at_;
        if (take('(')) {
            int open = 1;
            for (; open != 0 && at_ < text_.size(); ++at_)
                open += text_[at_] == '(' ? 1 : text_[at_] == ')' ? -1 : 0;
            return open == 0;
        }
        return at_ != begin;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

} // namespace eventsourcing::detail::schema

#endif
