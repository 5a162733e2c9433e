if !isdefined(Main, :skinterpret_direction_loss)
    const SKINTERPRET_DIRECTIONS = Ref(zeros(Float64, 0, 0))
    const SKINTERPRET_WEIGHTS = Ref(zeros(Float64, 0))

    function skinterpret_direction_loss(
        tree, dataset::SymbolicRegression.Dataset{T,L}, options
    )::L where {T,L}
        # a batch is a view, of which eval_grad_tree_array takes no derivative
        X = Matrix{T}(dataset.X)
        found = SymbolicRegression.eval_grad_tree_array(tree, X, options; variable=Val(true))
        _, gradient, complete = found
        complete || return L(Inf)
        directions = SKINTERPRET_DIRECTIONS[]
        weights = SKINTERPRET_WEIGHTS[]
        total = 0.0
        weight = 0.0
        for (column, number) in enumerate(dataset.y)
            row = round(Int, number)
            along = 0.0
            square = 0.0
            for input in axes(gradient, 1)
                along += gradient[input, column] * directions[input, row]
                square += gradient[input, column]^2
            end
            1e-200 < square < 1e+200 || return L(Inf)
            total += weights[row] * along / sqrt(square)
            weight += weights[row]
        end
        loss = max(1.0 - abs(total) / weight, 0.0)
        return isfinite(loss) ? L(loss) : L(Inf)
    end
end
