#pragma once
#include <array>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>

#include "core/expression/node.hpp"
#include "core/expression/row_value.hpp"

// Turns a C++ function of one row's values into a node that runs it over columns. From the
// function's signature come the types of the arguments and of the result:
//
//   [](std::string_view s, int32_t n) -> int64_t { ... }
//
//   * first parameter `const Session&`: gets the session;
//   * next parameter `Text&` (or `BinaryText&`): the result is a string written there; the function
//     returns void, or false for null;
//   * `std::optional<T>` as result: may be null; as parameter: also called for null arguments (all
//     other functions give null where an argument is null and are not called);
//   * `const P&` with P of the concept Prepared: made from a string once, not per row;
//   * `noexcept`: cannot raise an error, and may be called with any value, also for null rows.
namespace millrace {

template <class Function>
struct Signature;
template <class Class, class Result_, class... Parameters>
struct Signature<Result_ (Class::*)(Parameters...) const> {
  using Result = Result_;
  using All = std::tuple<Parameters...>;
  static constexpr bool safe = false;
};
template <class Class, class Result_, class... Parameters>
struct Signature<Result_ (Class::*)(Parameters...) const noexcept> {
  using Result = Result_;
  using All = std::tuple<Parameters...>;
  static constexpr bool safe = true;
};

namespace row_detail {

template <class Tuple>
struct Tail {
  using type = std::tuple<>;
};
template <class First, class... Rest>
struct Tail<std::tuple<First, Rest...>> {
  using type = std::tuple<Rest...>;
};
template <class Tuple>
struct Head {
  using type = void;
};
template <class First, class... Rest>
struct Head<std::tuple<First, Rest...>> {
  using type = First;
};

template <class Parameter>
struct Plain {
  using type = std::remove_cvref_t<Parameter>;
};
template <class Parameter>
using PlainOf = typename Plain<Parameter>::type;

template <class T>
struct Unwrapped {
  using type = T;
};
template <class T>
struct Unwrapped<std::optional<T>> {
  using type = T;
};

/// The SQL type of a parameter.
template <class Parameter>
constexpr TypeId parameter_type() {
  if constexpr (Prepared<Parameter>)
    return TypeId::string;
  else
    return ValueType<typename Unwrapped<Parameter>::type>::id;
}

}  // namespace row_detail

/// What the signature of a row function says.
template <class Function>
struct RowFunction {
  using Sign = Signature<decltype(&Function::operator())>;
  using All = typename Sign::All;
  static constexpr bool takes_session =
      std::is_same_v<typename row_detail::Head<All>::type, const Session&>;
  using AfterSession = std::conditional_t<takes_session, typename row_detail::Tail<All>::type, All>;
  using Second = typename row_detail::Head<AfterSession>::type;
  static constexpr bool writes_text =
      std::is_same_v<Second, Text&> || std::is_same_v<Second, BinaryText&>;
  using Parameters =
      std::conditional_t<writes_text, typename row_detail::Tail<AfterSession>::type, AfterSession>;
  static constexpr size_t count = std::tuple_size_v<Parameters>;
  template <size_t I>
  using Parameter = row_detail::PlainOf<std::tuple_element_t<I, Parameters>>;
  using Returned = typename Sign::Result;
  using Result = std::conditional_t<writes_text, std::remove_cvref_t<Second>,
                                    typename row_detail::Unwrapped<Returned>::type>;
  static constexpr bool may_be_null =
      writes_text ? std::is_same_v<Returned, bool> : is_optional<Returned>;
  static constexpr bool safe = Sign::safe;

  static Type result_type() { return ValueType<Result>::id; }
  static std::vector<Type> parameter_types() { return types(std::make_index_sequence<count>()); }

 private:
  template <size_t... I>
  static std::vector<Type> types(std::index_sequence<I...>) {
    return {Type(row_detail::parameter_type<Parameter<I>>())...};
  }
};

template <class Function>
class RowNode final : public Node {
  using Traits = RowFunction<Function>;
  template <size_t I>
  using Parameter = typename Traits::template Parameter<I>;
  using Indices = std::make_index_sequence<Traits::count>;

 public:
  RowNode(Function function, std::vector<NodePtr> inputs, std::shared_ptr<const Session> session)
      : RowNode(std::move(function), std::move(inputs), std::move(session), Traits::result_type()) {
  }
  /// For results whose type has parts: decimals.
  RowNode(Function function, std::vector<NodePtr> inputs, std::shared_ptr<const Session> session,
          Type result)
      : Node(std::move(result), std::move(inputs)),
        function_(std::move(function)),
        session_(std::move(session)) {
    if (!Traits::safe) set_may_fail();
    prepare(Indices());
  }

 protected:
  Vector compute(const Frame& frame) const override {
    const auto values = this->evaluate_arguments(frame);
    return {run(frame, values, Indices()), false};
  }

 private:
  template <size_t I>
  struct Slot {
    using P = Parameter<I>;
    static auto reader(const Vector& from, const Session& session, const void* prepared) {
      if constexpr (Prepared<P>)
        return PreparedReader<P>(from, session, static_cast<const P*>(prepared));
      else
        return Reader<P>(from);
    }
  };

  template <size_t... I>
  void prepare(std::index_sequence<I...>) {
    (prepare_one<I>(), ...);
  }
  template <size_t I>
  void prepare_one() {
    if constexpr (Prepared<Parameter<I>>) {
      if (const auto text = constant_text(*arguments()[I]))
        prepared_[I] = std::make_shared<const Parameter<I>>(*text, *session_);
    }
  }

  /// Nulls of the arguments that the function does not want to see.
  template <size_t... I>
  static Bitmap strict_validity(const std::vector<Vector>& values, int64_t rows,
                                std::index_sequence<I...>) {
    std::vector<const Vector*> strict;
    ((is_optional<Parameter<I>> ? void() : strict.push_back(&values[I])), ...);
    return common_validity(strict, rows);
  }

  template <size_t... I>
  Column run(const Frame& frame, const std::vector<Vector>& values,
             std::index_sequence<I...> indices) const {
    Bitmap validity = strict_validity(values, frame.rows, indices);
    auto readers = std::make_tuple(Slot<I>::reader(values[I], *session_, prepared_[I].get())...);
    const auto call = [&](int64_t row, auto&... out) -> decltype(auto) {
      if constexpr (Traits::takes_session)
        return function_(*session_, out..., std::get<I>(readers)(row)...);
      else
        return function_(out..., std::get<I>(readers)(row)...);
    };
    int64_t row = 0;
    try {
      return loop(frame, std::move(validity), call, row);
    } catch (const RowError& error) {
      this->fail(row, error.message);
    }
  }

  /// Which rows the function is called for.
  struct Wanted {
    const Frame& frame;
    const uint64_t* valid;
    bool operator()(int64_t row) const {
      return (valid == nullptr || bit_at(valid, row)) && frame.is_active(row);
    }
  };

  /// `row` is the row at hand, for who catches an error.
  template <class Call>
  Column loop(const Frame& frame, Bitmap validity, const Call& call, int64_t& row) const {
    using Result = typename Traits::Result;
    if constexpr (Traits::may_be_null) {
      if (validity.empty()) validity = filled_bitmap(frame.rows, true);
    }
    if constexpr (Traits::writes_text)
      return texts(frame, std::move(validity), call, row);
    else if constexpr (std::is_same_v<Result, bool>)
      return booleans(frame, std::move(validity), call, row);
    else
      return numbers(frame, std::move(validity), call, row);
  }

  template <class Call>
  Column texts(const Frame& frame, Bitmap validity, const Call& call, int64_t& row) const {
    const Wanted wanted{frame, validity.empty() ? nullptr : validity.data()};
    Buffer<int32_t> offsets;
    Buffer<char> bytes;
    offsets.resize(static_cast<size_t>(frame.rows) + 1);
    offsets[0] = 0;
    typename Traits::Result out(bytes);
    for (row = 0; row < frame.rows; ++row) {
      if (wanted(row)) {
        if constexpr (Traits::may_be_null) {
          if (!call(row, out)) clear_bit(validity.data(), row);
        } else {
          call(row, out);
        }
      }
      offsets[static_cast<size_t>(row) + 1] = end_of(bytes);
    }
    return make_bytes_column(type(), std::move(offsets), std::move(bytes), std::move(validity));
  }

  template <class Call>
  Column booleans(const Frame& frame, Bitmap validity, const Call& call, int64_t& row) const {
    const Wanted wanted{frame, validity.empty() ? nullptr : validity.data()};
    Bitmap bits = filled_bitmap(frame.rows, false);
    for (row = 0; row < frame.rows; ++row) {
      if (!wanted(row)) continue;
      const auto value = call(row);
      if constexpr (Traits::may_be_null) {
        if (!value)
          clear_bit(validity.data(), row);
        else if (*value)
          set_bit(bits.data(), row);
      } else if (value) {
        set_bit(bits.data(), row);
      }
    }
    return make_boolean_column(frame.rows, std::move(bits), std::move(validity));
  }

  template <class Call>
  Column numbers(const Frame& frame, Bitmap validity, const Call& call, int64_t& row) const {
    using Result = typename Traits::Result;
    Buffer<Result> results;
    results.resize(static_cast<size_t>(frame.rows));
    Result* to = results.data();
    if constexpr (Traits::safe && !Traits::may_be_null) {
      for (int64_t at = 0; at < frame.rows; ++at) to[at] = call(at);
    } else {
      const Wanted wanted{frame, validity.empty() ? nullptr : validity.data()};
      for (row = 0; row < frame.rows; ++row) {
        to[row] = Result{};
        if (!wanted(row)) continue;
        const auto value = call(row);
        if constexpr (Traits::may_be_null) {
          if (value)
            to[row] = *value;
          else
            clear_bit(validity.data(), row);
        } else {
          to[row] = value;
        }
      }
    }
    return make_column(type(), std::move(results), std::move(validity));
  }

  static int32_t end_of(const Buffer<char>& bytes) {
    if (bytes.size() > static_cast<size_t>(INT32_MAX))
      throw Error::data(
          "an expression makes more than 2 GiB of text in one batch; use smaller batches");
    return static_cast<int32_t>(bytes.size());
  }

  Function function_;
  std::shared_ptr<const Session> session_;  // Shared by the nodes of a program.
  std::array<std::shared_ptr<const void>, Traits::count> prepared_;
};

}  // namespace millrace
